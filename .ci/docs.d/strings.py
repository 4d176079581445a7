"""Documentation strings of the compiled part beside the signatures of its stubs: neither has both."""

import importlib
import inspect
from pathlib import Path
from typing import Any

import griffe


class Strings(griffe.Extension):
    """Puts in the place of `wiretag._wiretag` what its stubs declare, with the strings that `help()` shows."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        if pkg.path == "wiretag":
            compiled = importlib.import_module("wiretag._wiretag")
            stubs = Path(str(compiled.__file__)).with_name("_wiretag.pyi")
            declared = griffe.visit("_wiretag", stubs, stubs.read_text(encoding="utf-8"), parent=pkg)
            describe(declared, compiled)
            pkg.members["_wiretag"] = declared
            for name, member in declared.members.items():
                if name in pkg.members and not member.is_alias:
                    pkg.members[name] = griffe.Alias(name, member, parent=pkg)


def describe(declared: griffe.Module | griffe.Class, compiled: Any) -> None:
    for name, overloads in declared.overloads.items():
        if overloads:
            first = overloads[0]
            function = griffe.Function(name, parameters=first.parameters, returns=first.returns, lineno=first.lineno)
            function.overloads = overloads
            declared.set_member(name, function)
    if declared.is_class:
        declared.members = dict(sorted(declared.members.items(), key=lambda item: item[1].lineno or 0))
    for name, member in list(declared.members.items()):
        if name == "__new__":
            # A class is shown with the arguments of its __init__.
            declared.set_member("__init__", griffe.Function("__init__", parameters=member.parameters))
        elif not member.is_alias and (found := getattr(compiled, name, None)):
            string = inspect.getdoc(found)
            member.docstring = griffe.Docstring(string, parent=member, parser="google") if string else None
            if member.is_class:
                describe(member, found)
