"""A formula as a sentence that an officer can check: names instead of ids, signs of school."""

from collections.abc import Mapping

from hub.catalogue.condition import And, Attribute, Condition, Not, Or, Predicate, Relation
from hub.catalogue.formula import Counted, Joined, Leaf, Measured, Mentioned, Node, Number, Shifted
from hub.catalogue.wording import number

HOW = {
    "sum": "tổng", "mean": "trung bình", "last": "số mới nhất của", "max": "lớn nhất của",
    "min": "nhỏ nhất của",
}  # fmt: skip
SHIFTED = {"previous": "kỳ trước", "last_year": "cùng kỳ năm trước"}
SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}
PREDICATES = {
    Predicate.RECEIVED: "tiếp nhận trong kỳ", Predicate.RESOLVED: "giải quyết xong trong kỳ",
    Predicate.OPEN: "chưa xong", Predicate.OVERDUE: "đang quá hạn",
    Predicate.ON_TIME: "đúng hạn", Predicate.LATE: "trễ hạn",
    Predicate.WITHDRAWN: "rút trong kỳ", Predicate.REFUSED: "bị từ chối trong kỳ",
}  # fmt: skip
RELATIONS = {
    Relation.EQUAL: "là", Relation.UNEQUAL: "khác", Relation.LESS: "<",
    Relation.LESS_OR_EQUAL: "≤", Relation.GREATER: ">", Relation.GREATER_OR_EQUAL: "≥",
}  # fmt: skip
TONES = {"negative": "tiêu cực", "neutral": "trung tính", "positive": "tích cực"}

Names = Mapping[str, str]
"""Of measures, case types, topics and attributes, by id, and of an attribute's values by
`attribute=value`; what has no name stays as it is."""


def words(node: Node, names: Names, binds: int = 0) -> str:
    """`100 × số Hồ sơ (đúng hạn) ÷ tổng …`; brackets only where they are needed."""
    match node:
        case Number(value=value):
            return number(value)
        case Leaf():
            return leaf_words(node, names)
        case Shifted(how=how, part=part):
            return f"[{words(part, names)}, {SHIFTED[how]}]"
        case Joined(how=how, left=left, right=right):
            mine = BINDS[how]
            # What stands right of a minus or a division is another matter than what stands left.
            inside = words(left, names, mine), words(right, names, mine + (how in "-/"))
            said = f" {SIGNS[how]} ".join(inside)
            return f"({said})" if mine < binds else said


def leaf_words(leaf: Leaf, names: Names) -> str:
    match leaf.asked:
        case Measured(how=how, measure=measure):
            return f"{HOW[how]} “{names.get(measure, measure)}”"
        case Counted(case_type=case_type, where=where):
            return f"số “{names.get(case_type, case_type)}” {condition_words(where, names)}"
        case Mentioned(topic=topic, tone=tone):
            about = f" về “{names.get(topic, topic)}”" if topic else ""
            return f"số tin{about}{f' giọng {TONES.get(tone, tone)}' if tone else ''}"


def condition_words(where: Condition, names: Names) -> str:
    match where:
        case And(parts):
            return " và ".join(_part(part, names) for part in parts)
        case Or(parts):
            return " hoặc ".join(_part(part, names) for part in parts)
        case Not(part):
            return f"không {_part(part, names)}"
        case Attribute(name=name, relation=relation, value=value):
            said = names.get(name, name)
            if relation is Relation.EQUAL and isinstance(value, bool):
                return f"có “{said}”" if value else f"không “{said}”"
            return f"“{said}” {RELATIONS[relation]} {names.get(f'{name}={value}', value)}"
        case _:
            return PREDICATES[where]


def _part(part: Condition, names: Names) -> str:
    said = condition_words(part, names)
    return f"({said})" if isinstance(part, And | Or) else said
