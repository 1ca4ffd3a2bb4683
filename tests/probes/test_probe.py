"""A probe's file: what its head says, and what is wrong with it by line."""

from __future__ import annotations

import base64

import pytest

from hptui.errors import ProbeError
from hptui.powershell import single_quoted
from hptui.probes.catalogue import built_in
from hptui.probes.harness import call, whole_script
from hptui.probes.probe import Column, Kind, Parameter, Then, parse_probe
from tests.probes.grammar import nodes, root

WHOLE = """\
# title: Spooler
# about: What the print spooler
# about: is doing.
# group: Machine
# source: https://learn.microsoft.com/x
# limit: 90
# parameter: hours number 6 Hours back
# parameter: log text "System,Application" Logs
# parameter: deep flag false
# required: log
# warning: It takes
# warning: a while.
# key: name
# parent: parent
# sort: -memory
# column: name
# column: parent text Parent
# column: memory bytes Working set

# a comment
if($deep){
    # another
    Get-Service Spooler
}
"""


def test_everything_that_a_head_can_say() -> None:
    probe = parse_probe("spooler", WHOLE)
    assert (probe.title, probe.about, probe.group) == (
        "Spooler",
        "What the print spooler is doing.",
        "Machine",
    )
    assert (probe.limit, probe.key, probe.parent, probe.sort) == (90.0, ("name",), "parent", "-memory")
    assert probe.columns[0] == Column("name", Kind.TEXT, "name")
    assert probe.columns[2] == Column("memory", Kind.BYTES, "Working set")
    assert probe.parameters[1] == Parameter("log", Kind.TEXT, "System,Application", "Logs")
    assert (probe.required, probe.warning) == (("log",), "It takes a while.")
    assert probe.body == "if($deep){\nGet-Service Spooler\n}"


def test_a_title_and_a_line_are_enough() -> None:
    probe = parse_probe("mine", "# title: Mine\nGet-Date|O\n", own=True)
    assert probe.columns == ()
    assert probe.own


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("# colour: red", "there is no 'colour'"),
        ("# limit: soon", "a limit is a number of seconds"),
        ("# column: a-b text X", "'a-b' can't be a property's name"),
        ("# column: a texts X", "there is no kind 'texts'"),
        ("# parameter: hours number", "a parameter has a name, a kind and a default"),
        ("# parameter: hours number six", "wants a whole number, not 'six'"),
        ("# parameter: x bytes 1", "there is no kind 'bytes'"),
        ("# title:", "a title has words"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: str, said: str) -> None:
    with pytest.raises(ProbeError) as caught:
        parse_probe("mine", f"# title: Mine\n{line}\n1|O\n")
    if line != "# title:":
        assert "Line 2 of the probe mine" in caught.value.message
    assert said in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Bad Name", "1|O"),
        ("empty", "# title: Nothing\n"),
        ("keyless", "# key: nosuch\n1|O"),
    ],
)
def test_what_is_no_probe_is_refused(name: str, text: str) -> None:
    with pytest.raises(ProbeError):
        parse_probe(name, text)


def test_arguments_are_checked_by_kind_and_name() -> None:
    probe = parse_probe("spooler", WHOLE)
    assert probe.arguments({"hours": "12"}) == {"hours": "12", "log": "System,Application", "deep": "false"}
    for given in ({"hours": "1;rm"}, {"deep": "$true"}, {"log": "a\nb"}, {"nosuch": "1"}):
        with pytest.raises(ProbeError):
            probe.arguments(given)


@pytest.mark.parametrize(
    "text", ["", "it's", "’; Remove-Item C:\\ #", "$(calc)", "`n", '"', "a;b|c&d", "‘‚‛", "日本 \U0001f600"]
)
def test_a_text_argument_is_one_string_whatever_it_holds(text: str) -> None:
    probe = parse_probe("p", "# parameter: log text x\n# parameter: n number 3\n$log|O\n")
    script = whole_script(probe, probe.arguments({"log": text}), "aa")
    assert f"$log={single_quoted(text)};$n=3\n" in script
    tree = root(script)
    literals = [node for node in nodes(tree) if node.type == "verbatim_string_characters"]
    assert single_quoted(text) in [(node.text or b"").decode() for node in literals]


def test_a_long_script_goes_by_stdin_whole() -> None:
    probe = parse_probe("long", "# parameter: log text x\n" + "'é';" * 1200)
    question = call(probe, probe.arguments({}), "ab12")
    body, nonce = question.stdin.decode().split()
    assert nonce == "ab12"
    assert base64.b64decode(body).decode() == whole_script(probe, probe.arguments({}), "ab12")


@pytest.mark.parametrize("name", ["host", "PID", "PSHome", "hpn"])
def test_a_parameter_is_no_variable_of_powershell_s_own(name: str) -> None:
    with pytest.raises(ProbeError, match="PowerShell's own"):
        parse_probe("p", f"# title: P\n# parameter: {name} text x\n1|O\n")


def test_what_is_required_must_be_given() -> None:
    probe = parse_probe(
        "needs", '# title: N\n# parameter: path text "" The file\'s path\n# required: path\n1|O\n'
    )
    assert probe.parameters[0].title == "The file's path"
    with pytest.raises(ProbeError, match="must be told path: The file's path"):
        probe.arguments({})
    assert probe.arguments({"path": "C:\\x"}) == {"path": "C:\\x"}
    with pytest.raises(ProbeError, match="requires 'nosuch'"):
        parse_probe("needs", "# title: N\n# required: nosuch\n1|O\n")


def test_what_a_row_leads_to_is_read() -> None:
    head = "# title: T\n# column: path text\n# column: folder flag\n"
    probe = parse_probe(
        "t", head + "# then: files path=path if folder\n# then: file path=path most=path\n1|O\n"
    )
    assert probe.then == (
        Then("files", (("path", "path"),), "folder", True),
        Then("file", (("path", "path"), ("most", "path"))),
    )


@pytest.mark.parametrize("line", ["files", "files path", "files =path", "files path= if folder"])
def test_what_a_row_leads_to_needs_a_probe_and_columns(line: str) -> None:
    with pytest.raises(ProbeError, match="leads to"):
        parse_probe("t", f"# title: T\n# column: path text\n# then: {line}\n1|O\n")


def test_what_a_row_leads_to_is_there() -> None:
    """Of the built-in ones: the probe, its parameter and the columns."""
    probes = {probe.name: probe for probe in built_in()}
    led = [(probe, each) for probe in probes.values() for each in probe.then]
    assert led
    for probe, each in led:
        there = {parameter.name for parameter in probes[each.probe].parameters}
        assert there >= {parameter for parameter, _ in each.given}, (probe.name, each)
        flag = probe.column(each.flag)
        assert not each.flag or (flag is not None and flag.kind is Kind.FLAG), (probe.name, each)
    with pytest.raises(ProbeError, match="no"):
        parse_probe("t", "# title: T\n# column: path text\n# then: file path=nothing\n1|O\n")
