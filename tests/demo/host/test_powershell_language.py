"""The language of the simulated PowerShell: what an expression or a statement puts out."""

from __future__ import annotations

import pytest

from hptui.demo.host.powershell.language.lexer import Incomplete, ParseError
from hptui.demo.host.powershell.language.parser import parse
from tests.demo.host.host_io import powershell

EXPRESSIONS = [
    ("1 + 2 * 3", "7"),
    ("(1 + 2) * 3", "9"),
    ("7 / 2", "3.5"),
    ("8 / 2", "4"),
    ("7 % 3", "1"),
    ("-7 % 3", "-1"),
    ("0.1 + 0.2", "0.3"),
    ("1KB + 1", "1025"),
    ("0xff", "255"),
    ("1e3", "1000"),
    ("'5' + 1", "51"),
    ("5 + '1'", "6"),
    ("'ab' * 3", "ababab"),
    ("1..5 -join ','", "1,2,3,4,5"),
    ("5..1 -join ' '", "5 4 3 2 1"),
    ("(1,2,3)[1]", "2"),
    ("(1,2,3)[-1]", "3"),
    ("(1..9)[2..4] -join ''", "345"),
    ("'abc'[0]", "a"),
    ("'Hello' -eq 'hello'", "True"),
    ("'Hello' -ceq 'hello'", "False"),
    ("'kubelet' -like 'kube*'", "True"),
    ("'kubelet' -match 'k(.)b'; $Matches[1]", "True\nu"),
    ("'a b  c' -split '\\s+' -join '|'", "a|b|c"),
    ("'a-b' -replace '-(.)', '+$1'", "a+b"),
    ("1,2,3 -contains 2", "True"),
    ("2 -in 1,2,3", "True"),
    ("-not $false -and !$null", "True"),
    ("(1,5,9 -gt 4) -join ','", "5,9"),
    ("'{0:N2}|{1,5}|{2:X}' -f 1234.5, 'r', 255", "1,234.50|    r|FF"),
    ('$x = 3; "x is $x, $($x + 1), ${x}y, `$x"', "x is 3, 4, 3y, $x"),
    ('$p = @{Name="n"}; "$($p.Name) $p"', "n System.Collections.Hashtable"),
    ("'it''s'", "it's"),
    ("'one`n'.Length", "5"),
    ('"one`n".Length', "4"),
    ("$a = 1,2; $a += 3; $a.Count", "3"),
    ("$h = @{a=1}; $h.b = 2; $h['c'] = 3; ($h.Keys | sort) -join ','", "a,b,c"),
    ("$h = @{A=1}; $h.a", "1"),
    ("$x, $y = 1, 2; \"$y$x\"", "21"),
    ("$i = 5; $i++; ++$i; $i--; $i", "6"),
    ("[int]'42' + 1", "43"),
    ("[int]2.5; [int]3.5", "2\n4"),
    ("[string]5 + '6'", "56"),
    ("[Math]::Round(3.14159, 2)", "3.14"),
    ("[Math]::Max(3, 9)", "9"),
    ("[bool]'x'; [bool]''", "True\nFalse"),
    ("'abc'.ToUpper().Substring(1)", "BC"),
    ("' x '.Trim() + '|'", "x|"),
    ("(5).GetType().Name", "Int32"),
    ("$null -eq $nothing", "True"),
    ("@(1).Count; @().Count", "1\n0"),
    ("[pscustomobject]@{a=1;b='x'} | % { \"$($_.a)$($_.b)\" }", "1x"),
    ("@'\nraw $x\n'@", "raw $x"),
    ("$v = 2\n@\"\nv is $v\n\"@", "v is 2"),
    ("1..3 | % { $_ * 2 } | ? { $_ -gt 2 } | select -First 1", "4"),
    ("3,1,2 | sort -Descending", "3\n2\n1"),
    ("(1..4 | measure -Sum -Average).Sum", "10"),
    ("1,1,2 | group | % { \"$($_.Name)=$($_.Count)\" }", "1=2\n2=1"),
    ("1..5 | select -Last 2", "4\n5"),
    ("1..5 | select -Skip 3", "4\n5"),
    ("'a','b' | % -Begin { 'start' } -Process { $_ } -End { 'end' }", "start\na\nb\nend"),
    ("& { param($a, $b = 2) $a + $b } 5", "7"),
    ("function Add-It([int]$x, $y) { $x + $y }; Add-It 2 3; Add-It -y 1 -x 1", "5\n2"),
    ("function f { process { \"<$_>\" } }; 1,2 | f", "<1>\n<2>"),
    ("$s = 'x'; & { $s = 'inner' }; $s", "x"),
    ("whoami | % { $_.ToUpper() }", "NT AUTHORITY\\SYSTEM"),
    ("$n = whoami; $n.Length", "19"),
    ("\"$(whoami) here\"", "nt authority\\system here"),
    ("'x' > $null; 'y'", "y"),
    ("nosuch 2>$null; 'on'", "on"),
    ("$out = nosuch 2>&1; $out.FullyQualifiedErrorId", "CommandNotFoundException"),
    ("cmd /c exit 4; $LASTEXITCODE; $?", "4\nTrue"),
    ("# a comment\n'x' <# another #>", "x"),
    ("1 + `\n2", "3"),
    ("if (0) { 'a' } elseif ('') { 'b' } else { 'c' }", "c"),
    ("foreach ($i in 1..9) { if ($i -eq 2) { continue }; if ($i -gt 3) { break }; $i }", "1\n3"),
    ("$i = 0; while ($true) { $i++; if ($i -ge 3) { break } }; $i", "3"),
    ("$i = 0; do { $i++ } until ($i -eq 4); $i", "4"),
    ("for ($i = 0; $i -lt 3; $i++) { $i }", "0\n1\n2"),
    ("switch (2) { 1 { 'one' } 2 { 'two' } default { 'else' } }", "two"),
    ("switch -Wildcard ('kubelet') { 'kube*' { 'k' } default { 'd' } }", "k"),
    ("try { throw 'bad' } catch { \"caught $_\" } finally { 'done' }", "caught bad\ndone"),
    ("try { nosuch } catch { $_.CategoryInfo }", "ObjectNotFound: (nosuch:String) [], CommandNotFoundException"),
    ("try { Get-Item C:\\nosuch -ErrorAction Stop } catch { 'stopped' }", "stopped"),
    ("$ErrorActionPreference = 'Stop'; try { Get-Item C:\\nosuch } catch { 'stopped' }", "stopped"),
    ("@{a=1;b=@(1,2)} | ConvertTo-Json -Compress", '{"a":1,"b":[1,2]}'),
    ("('{\"a\":[1,{\"b\":2}]}' | ConvertFrom-Json).a[1].b", "2"),
    ("Get-Date -Year 2026 -Month 3 -Day 4 -Format 'yyyy-MM-dd'", "2026-03-04"),
    ("([datetime]'2026-03-04').AddDays(1).ToString('o').Substring(0, 10)", "2026-03-05"),
    ("$e = [Environment]::MachineName; $e", "WIN-TESTS"),
    ("$env:NEW = 'v'; cmd /c echo %NEW%", "v"),
    ("$args.Count", "0"),
    ("$h = @{}; $k = @{a=1}; $h[$k] = 'by itself'; $h[$k]", "by itself"),
    ("1 -band 3; 1 -bor 2; 6 -bxor 3", "1\n3\n5"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "shown"), EXPRESSIONS, ids=[script for script, _ in EXPRESSIONS])
async def test_what_a_script_puts_out(script: str, shown: str) -> None:
    _, io = await powershell(script)
    assert (io.text.rstrip("\n"), io.error_text) == (shown, "")


ERRORS = [
    ("1 / 0", "Attempted to divide by zero.", "RuntimeException"),
    ("[int]'x'", 'Cannot convert value "x" to type "System.Int32".', "InvalidCastFromStringToInteger"),
    ("[No.Such]::Thing()", "Unable to find type [No.Such].", "TypeNotFound"),
    ("'a'.NoSuch()", "does not contain a method named 'NoSuch'", "MethodNotFound"),
    ("$null.Trim()", "You cannot call a method on a null-valued expression.", "InvokeMethodOnNull"),
    ("$null[0]", "Cannot index into a null array.", "NullArray"),
    ("Get-Process -NoSuch", "A parameter cannot be found that matches parameter name 'NoSuch'.", "NamedParameterNotFound"),
    ("Get-Item C:\\nosuch", "Cannot find path 'C:\\nosuch' because it does not exist.", "PathNotFound"),
    ("'a' && 'b'", "The token '&&' is not a valid statement separator in this version.", "InvalidEndOfLine"),
    ("New-Object No.Such", "Cannot find type [No.Such]", "TypeNotFound"),
    ("class X { }", "not part of this simulated PowerShell", "NotSimulated"),
    ("throw 'told'", "told", "told"),
    ("if (1) { 'x'", "Missing closing '}'", "MissingEndCurlyBrace"),
    ("'x' | 5", "Expressions are only allowed as the first element of a pipeline.", "ExpressionsMustBeFirstInPipeline"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "message", "identifier"), ERRORS, ids=[each[0] for each in ERRORS])
async def test_errors_are_told_with_place_and_category(script: str, message: str, identifier: str) -> None:
    code, io = await powershell(script)
    flat = " ".join(io.error_text.split())
    assert code == 1
    assert message in flat
    assert "At line:1 char:" in flat
    assert "+ CategoryInfo" in flat
    assert f"FullyQualifiedErrorId : {identifier}" in flat


async def test_an_unknown_command_is_told_as_windows_powershell_does() -> None:
    _, io = await powershell("nosuchthing -x 5")
    assert io.error_text.splitlines()[2:] == [
        "At line:1 char:1",
        "+ nosuchthing -x 5",
        "+ ~~~~~~~~~~~",
        "    + CategoryInfo          : ObjectNotFound: (nosuchthing:String) [], CommandNotFoundException",
        "    + FullyQualifiedErrorId : CommandNotFoundException",
        " ",
    ]


async def test_after_an_error_the_next_statement_runs_but_not_after_throw() -> None:
    _, io = await powershell("nosuch; 'on'; throw 'x'; 'never'")
    assert io.lines == ["on"]


@pytest.mark.parametrize(
    "text", ["if ($x) {", "'open", "@{a=1", "1 +", "whoami |", "foo (", '@"\nx', "<# x", "try { }"]
)
def test_an_unfinished_statement_is_known_as_such(text: str) -> None:
    with pytest.raises(Incomplete):
        parse(text)


@pytest.mark.parametrize("text", ["1 +)", "a | | b", "}", "if x", "@5"])
def test_a_wrong_statement_is_not_taken_for_an_unfinished_one(text: str) -> None:
    with pytest.raises(ParseError) as refused:
        parse(text)
    assert not isinstance(refused.value, Incomplete)
