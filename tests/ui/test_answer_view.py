"""Which rows of an answer are shown, in which order: filtered, sorted, as a tree, with what has changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hptui.probes.insight import branches
from hptui.probes.probe import Column, Kind, parse_probe
from hptui.probes.reader import Record
from hptui.probes.table import compare, search_texts, table_of, whole
from hptui.ui.answer_cells import lay_out, text_steps
from hptui.ui.answer_view import AnswerView, Choices

PROCESSES = parse_probe(
    "some",
    "# title: Some\n# key: pid\n# parent: ppid\n# sort: -memory\n"
    "# column: pid number Process\n# column: ppid number Parent\n# column: name text Name\n# column: memory bytes Memory\n1|O\n",
)
RECORDS: list[Record] = [
    {"pid": 1, "ppid": None, "name": "init", "memory": 1},
    {"pid": 2, "ppid": 1, "name": "services", "memory": 20},
    {"pid": 3, "ppid": 2, "name": "kubelet", "memory": 300},
    {"pid": 4, "ppid": 2, "name": "csi-proxy", "memory": 40},
    {"pid": 5, "ppid": 99, "name": "orphan", "memory": 5},
]


def view_of(records: list[Record], *, tree: bool = True, words: str = "") -> AnswerView:
    view = AnswerView(PROCESSES, Choices(tree=tree))
    table = table_of(PROCESSES, records)
    view.put(table)
    view.take_texts(search_texts(view.rows, view.columns))
    view.set_words(words)
    return view


def names(view: AnswerView) -> list[str]:
    return [f"{view.branches.get(place, '')}{view.rows[place].cells[2]}" for place in view.lines]


def test_without_a_tree_rows_come_in_the_probe_s_own_order_until_another_is_chosen() -> None:
    view = view_of(RECORDS, tree=False)
    assert names(view) == ["kubelet", "csi-proxy", "services", "orphan", "init"]
    view.sort_by(2, descending=True)
    assert names(view) == ["services", "orphan", "kubelet", "init", "csi-proxy"]


def test_a_tree_has_those_of_one_parent_in_order_and_orphans_at_its_root() -> None:
    assert names(view_of(RECORDS)) == ["orphan", "init", "└ services", "  ├ kubelet", "  └ csi-proxy"]


def test_a_filtered_tree_keeps_what_stands_above_and_says_that_it_is_only_that() -> None:
    view = view_of(RECORDS, words="proxy")
    assert names(view) == ["init", "└ services", "  └ csi-proxy"]
    assert {view.rows[place].cells[2] for place in view.context} == {"init", "services"}
    assert view.matched == 1


def test_typing_on_and_deleting_find_the_same_as_a_filter_from_the_beginning() -> None:
    view = view_of(RECORDS, tree=False)
    for words in ("k", "ku", "k", "", "!k", "!k o", "s !x", "s !xi"):
        view.set_words(words)
        assert names(view) == names(view_of(RECORDS, tree=False, words=words)), words


def test_a_branch_can_be_folded_and_unfolded() -> None:
    view = view_of(RECORDS)
    services = next(place for place in view.lines if view.rows[place].cells[2] == "services")
    view.fold(services)
    assert names(view) == ["orphan", "init", "└ ▸ services"]
    view.fold(services)
    assert len(names(view)) == 5


def test_what_is_gone_stays_in_its_place_with_a_mark() -> None:
    view = view_of(RECORDS, tree=False)
    before = view.table
    assert before is not None
    after = table_of(PROCESSES, [*RECORDS[:2], {**RECORDS[2], "memory": 301}, {"pid": 6, "name": "new"}])
    view.put(after, compare(before, after))
    marks = {str(view.rows[place].cells[2]): view.mark(place) for place in view.lines}
    assert marks == {
        "kubelet": "~",
        "csi-proxy": "−",
        "services": "",
        "orphan": "−",
        "init": "",
        "new": "+",
    }
    assert names(view) == ["kubelet", "csi-proxy", "services", "orphan", "init", "new"]
    assert view.matched == view.total == 4
    assert [view.columns[c].key for c in view.changed_cells(view.lines[0])] == ["memory"]


def test_a_hidden_column_is_not_shown_and_one_always_is() -> None:
    view = view_of(RECORDS)
    view.choices.hidden = {"pid"}
    assert view.shown_columns == [1, 2, 3]
    view.choices.hidden = {column.key for column in view.columns}
    assert len(view.shown_columns) == 1


PIPES = parse_probe(
    "pipes",
    "# title: Pipes\n# key: name\n# sort: name\n# column: name text Pipe\n# column: n number N\n1|O\n",
)


def pipes(names: list[str], words: str = "") -> AnswerView:
    view = AnswerView(PIPES, Choices())
    table = table_of(PIPES, [{"name": name, "n": 1} for name in names])
    view.put(table, None, branches(PIPES, [row.record for row in table.rows]))
    view.take_texts(search_texts(view.rows, view.columns))
    view.set_words(words)
    return view


def tree_text(view: AnswerView) -> list[str]:
    lines = []
    for place in view.lines:
        heading = view.heading(place)
        if heading is None:
            lines.append(view.branches.get(place, "") + str(view.rows[place].cells[0]))
        else:
            indent = "  " * (len(heading.path) - 1)
            lines.append(f"{indent}{'▸' if heading.folded else '▾'} {heading.path[-1]} {heading.count}")
    return lines


def test_pipes_stand_below_their_prefixes() -> None:
    view = pipes(["lonely", "App\\one\\a", "App\\one\\b", "App\\two", "foo.1", "foo.2"])
    assert tree_text(view) == [
        "▾ App 3",
        "  ▾ one 2",
        "    App\\one\\a",
        "    App\\one\\b",
        "  App\\two",
        "▾ foo 2",
        "  foo.1",
        "  foo.2",
        "lonely",
    ]
    view.fold(view.lines[0])
    assert tree_text(view) == ["▸ App 3", "▾ foo 2", "  foo.1", "  foo.2", "lonely"]
    assert view.matched == view.total == 6
    view.fold_all()
    assert tree_text(view)[0] == "▾ App 3"
    view.fold_all()
    assert tree_text(view) == ["▸ App 3", "▸ foo 2", "lonely"]
    view.set_tree(False)
    assert tree_text(view)[0] == "App\\one\\a"


def test_a_filter_leaves_only_the_prefixes_that_it_finds_something_below() -> None:
    view = pipes(["lonely", "App\\one\\a", "App\\two", "foo.1", "foo.2"], "two")
    assert tree_text(view) == ["▾ App 1", "  App\\two"]
    assert view.matched == 1


def test_a_pipe_that_is_gone_stays_below_its_prefix_for_a_round() -> None:
    view = pipes(["foo.1", "foo.2", "bar"])
    before = view.table
    assert before is not None
    after = table_of(PIPES, [{"name": "foo.1", "n": 1}, {"name": "bar", "n": 1}])
    view.put(after, compare(before, after), [(), ("foo",)])
    assert tree_text(view) == ["▾ foo 2", "  foo.1", "  foo.2", "bar"]
    assert [view.mark(place) for place in view.lines] == ["", "", "−", ""]


@given(st.lists(st.text(alphabet="ab\\.", max_size=30), max_size=8))
def test_whatever_pipes_are_called_each_is_shown_once(names: list[str]) -> None:
    view = pipes(names)
    assert sorted(place for place in view.lines if place >= 0) == list(range(len(names)))


PARENTS = st.lists(st.tuples(st.integers(0, 6), st.one_of(st.none(), st.integers(0, 6))), max_size=12)


@given(PARENTS, st.sets(st.integers(0, 6)))
def test_whatever_a_host_says_of_parents_every_row_is_shown_once(
    parents: list[tuple[int, int | None]], folded: set[int]
) -> None:
    """Circles, rows that are their own parents and keys that come twice among them."""
    records: list[Record] = [{"pid": pid, "ppid": ppid, "name": "x"} for pid, ppid in parents]
    view = view_of(records)
    assert sorted(view.lines) == list(range(len(records)))
    view.set_words("x")
    assert sorted(view.lines) == list(range(len(records)))
    for place in range(len(records)):
        if view.rows[place].key[0] in folded:
            view.fold(place)
    assert len(view.lines) == len(set(view.lines))


def test_a_chain_of_thousands_is_drawn() -> None:
    records: list[Record] = [{"pid": n, "ppid": n - 1 or None, "name": str(n)} for n in range(1, 5000)]
    assert len(view_of(records).lines) == 4999


def test_a_text_holds_every_row_whole_and_in_its_column() -> None:
    long = "x" * 400
    table = table_of(
        PROCESSES, [{"pid": n, "name": long if n == 7 else f"p{n}", "memory": 1024} for n in range(6000)]
    )
    lines = whole(text_steps(table.columns, table.rows, [0, 2]))
    assert len(lines) == 6001
    assert lines[0] == "PROCESS  NAME"
    assert lines[1 + 5999] == "   5999  p5999"
    assert lines[8] == f"      7  {long}"


def test_columns_of_text_give_way_so_that_the_longest_is_in_sight() -> None:
    columns = [Column(name, Kind.TEXT, name) for name in ("provider", "message", "log")]
    columns.insert(0, Column("time", Kind.TIME, "Time"))
    widths = [19, 40, 300, 12]
    narrow = lay_out(columns, [0, 1, 2, 3], widths, room=80)
    assert [place.width for place in narrow] == [19, 20, 60, 12]
    assert narrow[2].x < 50
    wide = lay_out(columns, [0, 1, 2, 3], widths, room=200)
    assert [place.width for place in wide] == [19, 40, 121, 12]
    assert wide[-1].x + wide[-1].width == 200
    alike = lay_out(columns, [0, 1, 2, 3], widths, room=80, even=True)
    assert [place.width for place in alike] == [19, 20, 20, 12]
    unlimited = lay_out(columns, [0, 1, 2, 3], widths)
    assert [place.width for place in unlimited] == [19, 40, 60, 12]
