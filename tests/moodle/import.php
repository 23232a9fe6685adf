<?php
// Imports a file of Moodle XML into an installed Moodle, and marks answers with its question engine.
//
// php import.php CHECKOUT FILE < RESPONSES > RESULTS
//
// RESPONSES is JSON: for each question of the file, in order, a list of what students fill in; each is a
// list of texts, one per box. RESULTS is JSON: for each question its name, type, mark and HTML, and for each
// of its responses the fraction of the mark, and per box the fraction and the feedback that it gets.
// Nothing of it is kept.

define('CLI_SCRIPT', true);
[, $checkout, $file] = $argv;
$responses = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
require($checkout . '/config.php');
require_once($CFG->libdir . '/questionlib.php');
require_once($CFG->dirroot . '/question/engine/lib.php');
require_once($CFG->dirroot . '/question/format.php');
require_once($CFG->dirroot . '/question/format/xml/format.php');

\core\session\manager::set_user(get_admin());
$context = context_course::instance(SITEID);
$PAGE->set_context($context);
$PAGE->set_url('/question/preview.php');
$transaction = $DB->start_delegated_transaction();
ob_start();  // Moodle prints what it finds wrong.
$ids = imported($file, $context);
$said = trim(strip_tags(ob_get_clean()));
if ($ids === null || $said !== '') {
    fwrite(STDERR, $said . "\n");
    exit(1);
}
$results = [];
foreach ($ids as $number => $id) {
    $results[] = marked(question_bank::load_question($id), $responses[$number] ?? []);
}
echo json_encode($results, JSON_THROW_ON_ERROR);
$DB->force_transaction_rollback();

function imported(string $file, context $context): ?array {
    $format = new qformat_xml();
    $format->setCategory(question_get_top_category($context->id, true));
    $format->setContexts([$context]);
    $format->setCourse(get_site());
    $format->setFilename($file);
    $format->setRealfilename(basename($file));
    $format->setMatchgrades('error');
    $format->setCatfromfile(true);
    $format->setContextfromfile(false);
    $format->setStoponerror(true);
    $format->set_display_progress(false);
    $done = $format->importpreprocess() && $format->importprocess() && $format->importpostprocess();
    return $done ? $format->questionids : null;
}

function marked(question_definition $question, array $responses): array {
    global $DB;
    $entry = get_question_bank_entry($question->id);
    $category = $DB->get_record('question_categories', ['id' => $entry->questioncategoryid], '*', MUST_EXIST);
    return [
        'name' => $question->name,
        'type' => $question->qtype->name(),
        'category' => $category->name,
        'mark' => (float) $question->defaultmark,
        'key' => $question->graderinfo ?? '',
        'working' => $question->generalfeedback,
        'html' => shown($question),
        'boxes' => array_values(array_map('box', $question->subquestions ?? [])),
        'responses' => array_map(fn($texts) => answered($question, $texts), $responses),
    ];
}

function box(question_definition $box): array {
    return ['type' => $box->qtype->name(), 'mark' => (float) $box->defaultmark, 'answers' => count($box->answers)];
}

function usage(question_definition $question): array {
    $usage = question_engine::make_questions_usage_by_activity('core_question_preview', context_system::instance());
    $usage->set_preferred_behaviour('deferredfeedback');
    $slot = $usage->add_question($question, 1);
    $usage->start_all_questions();
    return [$usage, $slot];
}

function shown(question_definition $question): string {
    [$usage, $slot] = usage($question);
    return $usage->render_question($slot, new question_display_options());
}

function answered(question_definition $question, array $texts): array {
    [$usage, $slot] = usage($question);
    $data = [];
    foreach ($texts as $i => $text) {
        $data['sub' . ($i + 1) . '_answer'] = $text;
    }
    $usage->process_action($slot, $data);
    $usage->finish_all_questions();
    $boxes = [];
    foreach ($texts as $i => $text) {
        $boxes[] = matched($question->subquestions[$i + 1], $text);
    }
    return ['fraction' => $usage->get_question_fraction($slot), 'boxes' => $boxes];
}

function matched(question_definition $box, string $text): array {
    [$fraction] = $box->grade_response(['answer' => $text]);
    if ($box->qtype->name() === 'numerical') {
        [$value] = $box->ap->apply_units($text, '');
        $answer = $box->get_matching_answer($value, 1);
    } else {
        $answer = $box->get_matching_answer(['answer' => $text]);
    }
    return ['fraction' => (float) $fraction, 'feedback' => $answer ? $answer->feedback : null];
}
