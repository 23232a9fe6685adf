"""Imports go down the house only: a file imports from floors below its own."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import chainrule

HOUSE = Path(chainrule.__file__).parent
FACE = "__init__"  # what `import chainrule` gives: it may import everything
FLOORS = [
    {"rules"},
    {"config", "ahead", "files", "lookup", "initializers", "activations", "losses", "metrics", "doors"},
    {"regularizers", "constraints"},
    {"layers"},
    {"optimizers"},
    {"network"},
    {"paper"},
    {"marking"},
    {"exercises"},
    {"training", "callbacks"},
    {"cost"},
    {"data"},
    {FACE, "mixed_precision", "objective", "saving", "summary", "model", "models", "transfer", "utils"},
    {"applications", "datasets", "estimators", "sweeps", "validation"},
    {"experiment"},
    {"report"},
    {"cli"},
]
"""From the ground up; a name is that of a file or of a folder of src/chainrule."""

FILES = sorted(HOUSE.rglob("*.py"))
PARTS = {
    p.stem if p.is_file() else p.name
    for p in HOUSE.iterdir()
    if p.suffix == ".py" or (p / "__init__.py").exists()
}


def part(module):
    """Of ``chainrule.layers.dense``, ``layers``; of ``chainrule`` itself, the face."""
    names = module.split(".")
    return names[1] if len(names) > 1 else FACE


def floor(name):
    return next((i for i, floor in enumerate(FLOORS) if name in floor), len(FLOORS))


def module_name(file):
    names = ["chainrule", *file.relative_to(HOUSE).with_suffix("").parts]
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


MODULES = {module_name(file): file for file in FILES}


def imports(tree, module, is_package):
    """The modules that the code imports: those of chainrule by their whole names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".") if is_package else module.split(".")[:-1]
            base = [*package[: len(package) + 1 - node.level], node.module] if node.level else [node.module]
            source = ".".join(filter(None, base))
            for alias in node.names:
                submodule = f"{source}.{alias.name}"
                yield submodule if submodule in MODULES else source


def parsed(module):
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def found_in(module, tree=None):
    return set(imports(tree or parsed(module), module, MODULES[module].name == "__init__.py"))


def at_module_level(tree):
    """The code without the bodies of its functions: what runs when the module is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [ast.Pass()]
    return tree


def own(modules):
    return {m for m in modules if m.split(".")[0] == "chainrule"}


@pytest.mark.parametrize("name", sorted(PARTS))
def test_every_file_and_folder_has_a_floor(name):
    assert floor(name) < len(FLOORS), f"give {name!r} its floor in FLOORS"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_go_down_the_floors_only(module):
    if module == "chainrule":
        return
    here = floor(part(module))
    upward = {m for m in own(found_in(module)) if floor(part(m)) > here}
    assert not upward, f"{module} is on floor {here}, below {sorted(upward)}"


def test_no_module_imports_itself_by_way_of_others():
    graph = {m: own(found_in(m, at_module_level(parsed(m)))) - {m, "chainrule"} for m in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(error.args[1]))


@pytest.mark.parametrize("module", sorted(m for m in MODULES if part(m) == "rules"))
def test_the_mathematics_needs_numpy_and_the_standard_library_alone(module):
    roots = {m.split(".")[0] for m in found_in(module)}
    assert roots <= {"numpy", "chainrule", *sys.stdlib_module_names}


@pytest.mark.parametrize(
    ("code", "module", "names"),
    [
        ("import chainrule.layers.dense", "chainrule.losses", {"chainrule.layers.dense"}),
        ("from chainrule import layers", "chainrule.losses", {"chainrule.layers"}),
        ("from chainrule import Sequential", "chainrule.losses", {"chainrule"}),
        ("from . import losses", "chainrule.metrics", {"chainrule.losses"}),
        ("from ..losses import Loss", "chainrule.layers.dense", {"chainrule.losses"}),
        ("def f():\n    from chainrule.network import Network", "chainrule.losses", {"chainrule.network"}),
        ("if TYPE_CHECKING:\n    import chainrule.cli", "chainrule.losses", {"chainrule.cli"}),
    ],
)
def test_imports_are_found_wherever_and_however_they_are_written(code, module, names):
    assert set(imports(ast.parse(code), module, is_package=False)) == names


def test_importing_chainrule_and_its_layers_does_not_import_jax():
    code = "import chainrule, chainrule.network, sys; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
