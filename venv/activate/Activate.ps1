# Makes this environment the shell's: `. bin/Activate.ps1` (PowerShell). `deactivate` undoes it.

function global:deactivate ([switch]$NonDestructive) {
    if (Test-Path Env:_OLD_VIRTUAL_PATH) {
        $Env:PATH = $Env:_OLD_VIRTUAL_PATH
        Remove-Item Env:_OLD_VIRTUAL_PATH
    }
    if (Test-Path Env:_OLD_VIRTUAL_PYTHONHOME) {
        $Env:PYTHONHOME = $Env:_OLD_VIRTUAL_PYTHONHOME
        Remove-Item Env:_OLD_VIRTUAL_PYTHONHOME
    }
    if (Test-Path Function:_old_virtual_prompt) {
        Copy-Item Function:_old_virtual_prompt Function:prompt
        Remove-Item Function:_old_virtual_prompt
    }
    foreach ($name in 'VIRTUAL_ENV', 'VIRTUAL_ENV_PROMPT') {
        if (Test-Path "Env:$name") { Remove-Item "Env:$name" }
    }
    if (-not $NonDestructive) { Remove-Item Function:deactivate }
}

deactivate -NonDestructive

$Env:VIRTUAL_ENV = @ROOT_PS@
$Env:VIRTUAL_ENV_PROMPT = @PROMPT_PS@
$Env:_OLD_VIRTUAL_PATH = $Env:PATH
$Env:PATH = "$Env:VIRTUAL_ENV/bin" + [IO.Path]::PathSeparator + $Env:PATH

if (Test-Path Env:PYTHONHOME) {
    $Env:_OLD_VIRTUAL_PYTHONHOME = $Env:PYTHONHOME
    Remove-Item Env:PYTHONHOME
}

if (-not $Env:VIRTUAL_ENV_DISABLE_PROMPT) {
    Copy-Item Function:prompt Function:_old_virtual_prompt
    function global:prompt {
        Write-Host -NoNewline "($Env:VIRTUAL_ENV_PROMPT) "
        _old_virtual_prompt
    }
}
