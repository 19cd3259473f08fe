"""Operators that make the desktop's verifiers wrong in one thing.

They work mechanically: on the syntax trees of whatever functions a template's checks and writes call, on its checks and
writes as data, and on what the task says is right. None of them knows a template.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from infogap.envs.desktop import verify
from infogap.envs.desktop.apps import OFFICES

Node = ast.AST
COLUMNS = {table.name: [c.name for c in table.columns] for o in OFFICES.values() for table in o.tables.values()}
OPTIONS = [
    column.of
    for office in OFFICES.values()
    for table in office.tables.values()
    for column in table.columns
    if column.kind == "enum"
]


# -- operators on syntax trees: what a node may become -----------------------------------------------------------------
def _held(node: ast.expr, value: bool) -> ast.expr:
    """An expression that is always true, or always false, and names what the old one named."""
    return ast.BoolOp(ast.Or() if value else ast.And(), [ast.Constant(value), node])


def drop_conjunct(node: Node) -> Iterator[Node]:
    """Leave out one side of ``and``."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for i, one in enumerate(node.values):
            yield ast.BoolOp(node.op, [*node.values[:i], _held(one, True), *node.values[i + 1 :]])


def drop_disjunct(node: Node) -> Iterator[Node]:
    """Leave out one side of ``or``."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        for i, one in enumerate(node.values):
            yield ast.BoolOp(node.op, [*node.values[:i], _held(one, False), *node.values[i + 1 :]])


_SWAPS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}


def swap_comparison(node: Node) -> Iterator[Node]:
    """Another comparison: its opposite, or one that takes the limit in or out."""
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for other in _SWAPS.get(type(op), ()):
                yield ast.Compare(node.left, [*node.ops[:i], other(), *node.ops[i + 1 :]], node.comparators)


def drop_comparison(node: Node) -> Iterator[Node]:
    """Take a comparison as given."""
    if isinstance(node, ast.Compare):
        yield _held(node, True)


def off_by_one(node: Node) -> Iterator[Node]:
    """A number one more or one less."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield from (ast.Constant(node.value + step) for step in (1, -1))


_SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


def swap_arithmetic(node: Node) -> Iterator[Node]:
    """Minus for plus, and the like."""
    if isinstance(node, ast.BinOp) and type(node.op) in _SUMS:
        yield ast.BinOp(node.left, _SUMS[type(node.op)](), node.right)


_CALLS = {"all": "any", "any": "all", "min": "max", "max": "min", "startswith": "endswith", "set": "list"}


def swap_call(node: Node) -> Iterator[Node]:
    """``any`` for ``all``, ``max`` for ``min``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield ast.Call(ast.Name(_CALLS[node.func.id], ast.Load()), node.args, node.keywords)


def drop_not(node: Node) -> Iterator[Node]:
    """Leave out ``not``."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def drop_filter(node: Node) -> Iterator[Node]:
    """Leave out a condition of a comprehension."""
    if isinstance(node, ast.comprehension):
        for i, one in enumerate(node.ifs):
            yield ast.comprehension(
                node.target, node.iter, [*node.ifs[:i], _held(one, True), *node.ifs[i + 1 :]], node.is_async
            )


def drop_condition(node: Node) -> Iterator[Node]:
    """Take the condition of an ``if`` as true, or as false."""
    if isinstance(node, ast.If):
        yield from (ast.If(_held(node.test, value), node.body, node.orelse) for value in (True, False))
    if isinstance(node, ast.IfExp):
        yield from (ast.IfExp(_held(node.test, value), node.body, node.orelse) for value in (True, False))


def wrong_column(node: Node) -> Iterator[Node]:
    """The next column of a table that has this one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for names in COLUMNS.values():
            if node.value in names:
                yield ast.Constant(names[(names.index(node.value) + 1) % len(names)])
                return


def wrong_option(node: Node) -> Iterator[Node]:
    """The next value of an enum that has this one, such as another status."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for names in OPTIONS:
            if node.value in names:
                yield ast.Constant(names[(names.index(node.value) + 1) % len(names)])
                return


def drop_element(node: Node) -> Iterator[Node]:
    """One element less in a tuple, list or set that is written out."""
    if isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        for i, one in enumerate(node.elts):
            if isinstance(one, ast.Constant):
                yield type(node)([*node.elts[:i], *node.elts[i + 1 :]], node.ctx)
    if isinstance(node, ast.Set) and len(node.elts) > 1:
        for i, one in enumerate(node.elts):
            if isinstance(one, ast.Constant):
                yield ast.Set([*node.elts[:i], *node.elts[i + 1 :]])


def hold_always(node: Node) -> Iterator[Node]:
    """A function that finds everything in order."""
    constant = isinstance(node, ast.Return) and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Return) and node.value is not None and not (constant and node.value.value == 1.0):
        yield ast.Return(ast.IfExp(ast.Constant(True), ast.Constant(1.0), node.value))


SYNTAX: dict[str, Callable[[Node], Iterator[Node]]] = {
    operator.__name__: operator
    for operator in (
        drop_conjunct,
        drop_disjunct,
        swap_comparison,
        drop_comparison,
        off_by_one,
        swap_arithmetic,
        swap_call,
        drop_not,
        drop_filter,
        drop_condition,
        wrong_column,
        wrong_option,
        drop_element,
        hold_always,
    )
}
"""Operators on syntax trees, by name."""


# -- operators on data: checks, writes, and what the task says is right ------------------------------------------------
Parts = tuple[tuple[verify.Check, ...], Callable[[Any], tuple[verify.Write, ...]]]


def no_check(parts: Parts) -> Iterator[Parts]:
    """A check is forgotten, unless it is the only one or is only reported."""
    checks, writes = parts
    for check in checks:
        left = tuple(one for one in checks if one is not check)
        if check.kind != "process" and any(one.kind == "goal" for one in left):
            yield left, writes


def never_fails(parts: Parts) -> Iterator[Parts]:
    """A check finds everything in order."""
    checks, writes = parts
    for check in checks:
        if check.kind != "process":
            always = dataclasses.replace(check, test=lambda outcome: 1.0)
            yield tuple(always if one is check else one for one in checks), writes


def _each(parts: Parts, change: Callable[[verify.Write], verify.Write | None]) -> Parts:
    def writes(outcome: Any) -> tuple[verify.Write, ...]:
        return tuple(other for one in parts[1](outcome) if (other := change(one)) is not None)

    return parts[0], writes


def any_row(parts: Parts) -> Iterator[Parts]:
    """The task lets the agent write any record of its tables."""
    yield _each(parts, lambda one: one if one.new else dataclasses.replace(one, rows=None))


def any_column(parts: Parts) -> Iterator[Parts]:
    """The task lets the agent write any column of its records."""
    yield _each(parts, lambda one: one if one.new else dataclasses.replace(one, columns=()))


def one_more(parts: Parts) -> Iterator[Parts]:
    """The task lets the agent make a record more."""
    yield _each(parts, lambda one: dataclasses.replace(one, most=one.most + 1) if one.new else one)


def table_ignored(parts: Parts) -> Iterator[Parts]:
    """A table is not looked after at all."""
    for table in COLUMNS:

        def writes(outcome: Any, table: str = table) -> tuple[verify.Write, ...]:
            free = verify.Write(table, ()), verify.Write(table, (), new=True, most=99)
            return (*parts[1](outcome), *free)

        yield parts[0], writes


DATA: dict[str, Callable[[Parts], Iterator[Parts]]] = {
    operator.__name__: operator for operator in (no_check, never_fails, any_row, any_column, one_more, table_ignored)
}
"""Operators on a template's checks and writes, by name."""


def _more(value: Any) -> Any:
    """A value of the task that is one off, longer, or the other one of two."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, tuple) and value:
        return (_more(value[0]), *value[1:])
    return value


def _less(value: Any) -> Any:
    """A value of the task that is one less, or without its last part."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value - 1
    return value[:-1] if isinstance(value, (str, tuple)) and value else value


def _turned(value: Any) -> Any:
    """A value of the task whose last part is wrong."""
    return (*value[:-1], _more(value[-1])) if isinstance(value, tuple) and value else value


RIGHT: dict[str, Callable[[Any], Any]] = {"right_more": _more, "right_less": _less, "right_turned": _turned}
"""Operators on what the task says is right, by name."""
