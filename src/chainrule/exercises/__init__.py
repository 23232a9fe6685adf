"""New questions, drawn so that their numbers come out well by hand, with key, working and exports."""
