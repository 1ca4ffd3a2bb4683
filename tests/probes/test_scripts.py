"""Every script that comes with hptui: it parses, fits, only reads, and says where its knowledge is from."""

from __future__ import annotations

import base64
import re
from importlib.resources import files

import pytest

from hptui.powershell import LONGEST_SCRIPT
from hptui.probes.catalogue import built_in
from hptui.probes.harness import call, whole_script
from hptui.probes.probe import Probe
from tests.probes.examples import example
from tests.probes.grammar import commands, root, splatted, swallowed_notes

NONCE = "0123456789abcdef"
CMD_LIMIT = 8191  # characters of a line behind `cmd /c`

# Verbs that change something (the approved verbs' page), aliases of such cmdlets, and ways around.
CHANGING = re.compile(
    r"(set|new|remove|clear|add|start|stop|restart|suspend|resume|enable|disable|install|uninstall|register|unregister|rename|move"
    r"|copy|write|invoke|out|update|reset|save|restore|push|publish|mount|dismount|grant|revoke|initialize|format-volume|repair)-.*"
    r"|rm|del|erase|rd|ri|rmdir|mv|move|cp|copy|ren|kill|spps|sasv|spsv|iex|icm|iwr|curl|wget|sc|ni|md|mkdir"
)
HARMLESS = {
    "remove-typedata",  # of this one process, in the harness
    "new-object",
    "out-string",
    "add-type",
    "write-output",
}

probes = pytest.mark.parametrize("probe", built_in(), ids=lambda probe: probe.name)


def script(probe: Probe) -> str:
    return whole_script(probe, example(probe), NONCE)


@probes
def test_it_is_powershell(probe: Probe) -> None:
    assert not root(script(probe)).has_error


@probes
def test_it_fits_a_command_line_of_cmd_or_goes_by_stdin(probe: Probe) -> None:
    question = call(probe, example(probe), NONCE)
    assert len("cmd /c " + " ".join(question.command)) < CMD_LIMIT
    assert bool(question.stdin) == (len(script(probe)) > LONGEST_SCRIPT)
    assert not re.search(r'[&|<>^%"!()]', " ".join(question.command))


@probes
def test_it_only_reads(probe: Probe) -> None:
    called = commands(probe.body)
    assert not {name for name in called if CHANGING.fullmatch(name)} - HARMLESS
    # Redirecting into a file would write one; into $null, and errors into the output, is fine.
    assert not re.search(
        r"(?<![-=\w])\d?>>?(?!\s*\$null|&1|=)", re.sub(r"'[^']*'|\"[^\"]*\"", "''", probe.body)
    )


@probes
def test_it_has_what_a_table_needs_and_its_sources(probe: Probe) -> None:
    assert probe.about.endswith(".")
    assert probe.group
    assert probe.columns
    assert probe.key
    assert probe.sources
    for source in probe.sources:
        assert re.match(
            r"https://(learn|docs|support)\.microsoft\.com/|https://(kubernetes\.io|github\.com)/", source
        )


@probes
def test_its_own_names_are_not_the_harness_s(probe: Probe) -> None:
    assert not re.search(r"(?i)\$hp[nxu]\b|function [jnot]\b", probe.body)


# Of one and two letters, as `Get-Alias` of Windows PowerShell 5.1 lists them.
SHORT_ALIASES = """
    ac cd cp fc fl ft fw gc gi gl gm gp gu gv h ii lp ls md mi mp mv ni nv oh ps r rd ri rm rp rv sc si sl sp sv
"""


@probes
def test_no_function_bears_an_alias_s_name(probe: Probe) -> None:
    """An alias goes before a function (about_Command_Precedence): R would ask for the history, and no script of its own runs."""
    for name in re.findall(r"(?i)function ([a-z-]+)", script(probe)):
        assert name.casefold() not in SHORT_ALIASES.split()


@probes
def test_the_file_is_plain_ascii_without_long_lines(probe: Probe) -> None:
    text = files("hptui.probes").joinpath("scripts", f"{probe.name}.ps1").read_bytes()
    assert text.isascii()
    assert b"\t" not in text
    assert text.endswith(b"\n")


def test_the_way_by_stdin_parses_too() -> None:
    long = Probe("long", "Long", "\n".join(f"@{{n={number}}}|O" for number in range(400)))
    question = call(long, {}, NONCE)
    assert question.stdin.endswith(NONCE.encode() + b"\n")
    assert "-InputFormat" in question.command


@probes
def test_its_notes_go_out_and_into_no_variable_or_pipeline(probe: Probe) -> None:
    assert swallowed_notes(script(probe)) == []


@pytest.mark.parametrize(
    ("text", "swallowed"),
    [
        ('try{1}catch{N "b $_"}', 0),
        ("1..3|%{if(1){N 'e'}}", 0),
        ("'a'|O;N 'h'", 0),
        ("$m=try{1}catch{N 'c'}", 1),
        ("1..3|%{N 'd';$_}|O", 1),
        ("@(1|%{N 'g'})|O", 1),
    ],
)
def test_what_would_swallow_a_note_is_found(text: str, swallowed: int) -> None:
    assert len(swallowed_notes(text)) == swallowed


@probes
def test_what_is_splatted_is_an_array(probe: Probe) -> None:
    """A text is splatted letter by letter: crictl would be asked for p, o, d and s (PowerShell's MiscOps.cs, Splat)."""
    text = script(probe)
    for name in splatted(text):
        assert re.search(rf"\[string\[\]\]\${name}\b|\${name}=@[({{]", text)


@probes
def test_programs_are_called_by_their_whole_path(probe: Probe) -> None:
    """An image's PATH replaces the host's."""
    assert not {name for name in commands(script(probe)) if name.endswith(".exe") and "\\" not in name} - {
        "whoami.exe"
    }


FALLS_BACK = ("admin", "groups", "privileges", "pipes")


@pytest.mark.parametrize("name", FALLS_BACK)
def test_what_has_a_way_in_constrained_language_mode_does_not_need_stdin(name: str) -> None:
    """Taking a script from stdin needs types that are out of reach there."""
    (probe,) = [each for each in built_in() if each.name == name]
    assert not call(probe, {}, NONCE).stdin


@probes
def test_one_event_without_a_message_does_not_end_the_others(probe: Probe) -> None:
    """Get-WinEvent makes an error of it, which Stop would take for the end of all (PowerShell's issue 7664)."""
    for asked in re.findall(r"Get-WinEvent -FilterHashtable[^|]*\|", probe.body):
        assert "-ea SilentlyContinue -ev x|" in asked
        assert "$x|?{$_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'}" in probe.body


@probes
def test_a_log_that_may_not_be_read_does_not_pass_for_one_in_which_nothing_matches(probe: Probe) -> None:
    """A query by a table tolerates errors (GetEventCommand.cs, PowerShell's issue 18965); one log asked for by name does not."""
    if "Get-WinEvent -FilterHashtable" in probe.body:
        assert "$null=Get-WinEvent -LogName $g -MaxEvents 1" in probe.body
        assert re.search(r"(if\(\$x\)|\|%)\{U |elseif\(-not \$c\)\{\$null=Get-WinEvent", probe.body)


@probes
def test_what_is_looked_through_is_named_literally(probe: Probe) -> None:
    """Of a -Path that doesn't exist, -Recurse makes a name to look for in all that lies beside it (PowerShell's issue 5699)."""
    for asked in re.findall(r"Get-ChildItem[^|]*-Recurse", probe.body):
        assert "-LiteralPath" in asked


PIPE_PATHS = (
    "\\\\.\\pipe\\x",
    "//./pipe/x",
    "\\\\?\\UNC\\node\\pipe\\x",
    "\\\\localhost\\pipe\\x",
    " \\\\.\\pipe\\x",  # .NET leaves out spaces in front of what is rooted
    "\\\\\\localhost\\IPC$\\x",
    "FileSystem::\\\\.\\pipe\\x",
    "FileSystem:: \\\\.\\pipe\\x",
)


@pytest.mark.parametrize("name", ["file", "files"])
def test_what_looks_at_files_is_given_no_pipe(name: str) -> None:
    (probe,) = [each for each in built_in() if each.name == name]
    (pattern,) = re.findall(r"if\(\$path -match '([^']+)'\)\{throw", probe.body)
    refused = re.compile(pattern, re.IGNORECASE)
    assert [path for path in PIPE_PATHS if not refused.search(path)] == []
    assert not refused.search("C:\\k\\pipe\\x.log")
    assert not refused.search("\\\\server\\logs\\pipe\\x")


def test_where_stdin_is_out_of_reach_that_is_said_in_the_answer_s_own_form() -> None:
    """In constrained language mode the first script's types are refused; it must not look as if PowerShell hadn't started."""
    long = Probe("long", "Long", "\n".join(f"@{{n={number}}}|O" for number in range(400)))
    options = call(long, {}, NONCE).command
    first = base64.b64decode(options[-1]).decode("utf-16-le")
    assert not root(first).has_error
    tried, caught = first.split("}catch{")
    assert "[Console]" in tried
    assert "FromBase64String" in tried
    assert "hptui='error'" in caught
    assert "type=$_.FullyQualifiedErrorId" in caught
    assert caught.index("hptui='end'") < caught.index("exit 1") < caught.index(". $b")
