"""Mutants of the desktop's verifiers: how they are listed and sampled, and how one is put in place.

A function is mutated by giving it other code while an episode is graded; dealing and solving always use the real one.
Mutants are sampled by the hash of their names.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from desktop_mutants import DATA, RIGHT, SYNTAX, Parts
from desktop_tampering import reachable

from infogap.core.errors import VerifierFault
from infogap.core.splits import fraction
from infogap.envs.desktop import verify
from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.store import Desk
from infogap.envs.desktop.tasks import TEMPLATES

FIRST = ("infogap.envs.desktop.tasks", "infogap.envs.desktop.verify")
SECOND_PACKAGE = ("infogap.envs.desktop.second",)


def _functions(thing: Any, packages: tuple[str, ...], found: dict[int, types.FunctionType]) -> None:
    """Collect the functions of some packages that a function calls, or a class has, at any depth."""
    thing = inspect.unwrap(thing) if callable(thing) else thing
    thing = getattr(thing, "func", thing)  # functools.partial and cached properties
    if isinstance(thing, property):
        thing = thing.fget
    if isinstance(thing, type):
        if thing.__module__.startswith(packages):
            for member in vars(thing).values():
                if isinstance(member, (types.FunctionType, property, functools.cached_property)):
                    _functions(member, packages, found)
        return
    if not isinstance(thing, types.FunctionType) or not thing.__module__.startswith(packages) or id(thing) in found:
        return
    found[id(thing)] = thing
    for cell in thing.__closure__ or ():
        with contextlib.suppress(ValueError):
            _functions(cell.cell_contents, packages, found)
    for name in _names(thing.__code__):
        if name in thing.__globals__:
            _functions(thing.__globals__[name], packages, found)


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _names(one)


def _constants(code: types.CodeType) -> Iterator[Any]:
    for one in code.co_consts:
        yield from _constants(one) if isinstance(one, types.CodeType) else (one,)


def functions_of(*things: Any, packages: tuple[str, ...]) -> list[types.FunctionType]:
    """The functions that these call, in a fixed order; those inside another one of them are not listed again."""
    found: dict[int, types.FunctionType] = {}
    for thing in things:
        _functions(thing, packages, found)
    return sorted(found.values(), key=lambda one: (one.__module__, one.__code__.co_firstlineno, one.__qualname__))


@functools.cache
def _tree(path: str) -> ast.Module:
    with open(path, encoding="utf-8") as file:
        return ast.parse(file.read())


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _codes(one)


@functools.cache
def _compiled(path: str) -> tuple[types.CodeType, ...]:
    return tuple(_codes(compile(_tree(path), path, "exec", dont_inherit=True)))


@functools.cache
def _node_of(function: types.FunctionType) -> ast.AST | None:
    """The syntax tree of a function, by its first line; None if several begin there."""
    code = function.__code__
    found = []
    for node in ast.walk(_tree(code.co_filename)):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            found += [node] if first == code.co_firstlineno else []
        elif isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            found.append(node)
    return found[0] if len(found) == 1 else None


class Mutant(NamedTuple):
    """A verifier that is wrong in one thing.

    Attributes:
        name: Says what is mutated, and how; its hash decides whether it is sampled.
        grade: The verdict's success of a state under it, given the real way of grading; raises what it raises.
    """

    name: str
    grade: Callable[[Callable[[Desk], Any], Desk], Any]


def _with_code(
    functions: list[types.FunctionType], code: types.CodeType
) -> Callable[[Callable[[Desk], Any], Desk], Any]:
    """Grading while functions that were made by the same lines have other code, as if the lines were others."""

    def grade(real: Callable[[Desk], Any], state: Desk) -> Any:
        kept = functions[0].__code__
        for function in functions:
            function.__code__ = code
        try:
            return real(state)
        finally:
            for function in functions:
                function.__code__ = kept

    return grade


def syntax_mutants(functions: list[types.FunctionType], operators: Any = None) -> Iterator[tuple[str, Any]]:
    """Names of the mutants of these functions, each with what makes it (None if it can't be made)."""
    alike: dict[types.CodeType, list[types.FunctionType]] = {}
    for function in functions:
        alike.setdefault(function.__code__, []).append(function)
    for same in alike.values():
        function = same[0]
        node = _node_of(function)
        if node is None:
            continue
        seen: dict[str, int] = {}
        for place in ast.walk(node):
            if isinstance(place, ast.arguments) or place is node:
                continue
            for name, operator in (operators or SYNTAX).items():
                for other in operator(place):
                    number = seen[name] = seen.get(name, -1) + 1
                    label = f"{function.__module__.rsplit('.', 1)[1]}.{function.__qualname__}|{name}|{number}"
                    yield label, functools.partial(_made, same, place, other, label)


def _made(functions: list[types.FunctionType], place: ast.AST, other: ast.AST, label: str) -> Mutant | None:
    """The mutant in which a node of some lines is another one; None if its code does not fit in or is the same."""
    function = functions[0]
    path = function.__code__.co_filename
    real, tree = _compiled(path), _tree(path)
    mutated = ast.fix_missing_locations(_replaced(tree, place, other))
    codes = tuple(_codes(compile(mutated, path, "exec", dont_inherit=True)))
    places = [i for i, code in enumerate(real) if code == function.__code__]
    if len(places) != 1 or len(codes) != len(real):
        return None
    code = codes[places[0]]
    fits = code.co_freevars == function.__code__.co_freevars and code.co_name == function.__code__.co_name
    same = code.co_code == function.__code__.co_code and code.co_consts == function.__code__.co_consts
    return Mutant(label, _with_code(functions, code)) if fits and not same else None


def _replaced(tree: ast.Module, place: ast.AST, other: ast.AST) -> ast.Module:
    """A copy of a tree with another node in a place; lines stay as they are."""
    kept: dict[str, Any] = {}
    if hasattr(place, "lineno"):
        kept = {name: getattr(place, name) for name in place._attributes}

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if node is place:
                for name, value in kept.items():
                    setattr(other, name, value)
                return other
            fields = {name: self._part(value) for name, value in ast.iter_fields(node)}
            new = type(node)(**fields)
            return ast.copy_location(new, node) if hasattr(node, "lineno") else new

        def _part(self, value: Any) -> Any:
            if isinstance(value, list):
                return [self.visit(one) if isinstance(one, ast.AST) else one for one in value]
            return self.visit(value) if isinstance(value, ast.AST) else copy.copy(value)

    put = Put().visit(tree)
    assert isinstance(put, ast.Module)
    return put


def data_mutants(template: str, truth: Desk) -> Iterator[Mutant]:
    """Mutants of a template's checks and writes as data; none that differ in nothing, or in what nobody can write."""
    one = TEMPLATES[template]
    for name, operator in DATA.items():
        for number, parts in enumerate(operator((one.checks, one.writes))):
            if parts[0] == one.checks and _allowed(truth, parts[1]) == _allowed(truth, one.writes):
                continue

            def grade(real: Any, state: Desk, parts: Parts = parts) -> Any:
                return verify.grade(state, *parts, dict(state.task).get("status", "success"))

            yield Mutant(f"{template}|{name}|{number}", grade)


def _allowed(truth: Desk, writes: Callable[[Any], tuple[verify.Write, ...]]) -> set[verify.Write]:
    """What a task lets the agent write in this state, but for tables that no command writes."""
    found: set[verify.Write] = set()

    def kept(outcome: Any) -> tuple[verify.Write, ...]:
        found.update(one for one in writes(outcome) if one.table in truth.office.tables and reachable(truth, one.table))
        return writes(outcome)

    verify.grade(truth, TEMPLATES[dict(truth.task)["template"]].checks, kept)
    return found


def right_mutants(template: str, truth: Desk) -> Iterator[Mutant]:
    """Mutants whose task says something else is right, for every part of the task that the checks read by name."""
    one = TEMPLATES[template]
    functions = functions_of(*(check.test for check in one.checks), one.writes, packages=FIRST)
    read = {text for function in functions for text in _constants(function.__code__) if isinstance(text, str)}
    for key, value in truth.task:
        if key not in read or key in ("template", "level") or not _is_read(truth, key):
            continue
        for name, operator in RIGHT.items():
            if operator(value) == value:
                continue

            def grade(real: Any, state: Desk, key: str = key, change: Any = operator) -> Any:
                task = tuple((name, change(value) if name == key else value) for name, value in state.task)
                return real(state.but(task=task))

            yield Mutant(f"{template}|{key}|{name}", grade)


def _is_read(truth: Desk, key: str) -> bool:
    """Whether the verdict on a state depends on a part of the task: it raises without."""
    try:
        graded(truth.but(task=tuple(pair for pair in truth.task if pair[0] != key)))
    except VerifierFault:
        return True
    return False


def sampled(names: list[str], count: int) -> list[str]:
    """Some of the names, chosen by their hash alone."""
    return sorted(names, key=lambda name: fraction(name, "mutant"))[:count]


def mutants(template: str, truth: Desk, count: int) -> list[Mutant]:
    """Mutants of the first verifier of a template, sampled by hash: of its functions, its data, and what is right.

    Args:
        template: Its name; ``"verify"`` for what all templates have in common.
        truth: Any state of the template, for the parts of its task.
        count: How many at most.
    """
    ready: dict[str, Callable[[], Mutant | None]] = {}
    if template == "verify":
        ready.update(syntax_mutants(functions_of(verify.grade, verify.Outcome, packages=FIRST[1:])))
    else:
        one = TEMPLATES[template]
        roots = [check.test for check in one.checks if check.kind != "process"]
        ready.update(syntax_mutants(functions_of(*roots, one.writes, packages=FIRST[:1])))
        for mutant in (*data_mutants(template, truth), *right_mutants(template, truth)):
            ready[mutant.name] = functools.partial(_itself, mutant)
    return _first(ready, count)


def _itself(mutant: Mutant) -> Mutant:
    return mutant


def _first(ready: dict[str, Callable[[], Mutant | None]], count: int) -> list[Mutant]:
    """The first by hash that can be made."""
    found: list[Mutant] = []
    for name in sampled(list(ready), len(ready)):
        if len(found) == count:
            break
        mutant = ready[name]()
        found += [mutant] if mutant is not None else []
    return found


def judge_mutants(judge: Callable[[Any], bool], count: int) -> list[Mutant]:
    """Mutants of a judge of the second verifier, sampled by hash."""
    return _first(dict(syntax_mutants(functions_of(judge, packages=SECOND_PACKAGE))), count)
