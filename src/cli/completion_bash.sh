# shellcheck shell=bash disable=SC2154 # the tables above this set what it reads

_weir() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} second='' options='' operands='' value=''
    [[ $prev != = ]] || prev=${COMP_WORDS[COMP_CWORD - 2]} # --option=value is three words
    [[ $cur != = ]] || cur=''
    _weir_group "$command"
    if ((COMP_CWORD == 1)); then
        operands=$_weir_commands
    elif [[ -n $second && $COMP_CWORD -eq 2 ]]; then
        operands=$second
    else
        _weir_command "$command${second:+ ${COMP_WORDS[2]}}" "$prev"
        [[ $cur != -* ]] || operands=$options
        operands=${value:-$operands}
    fi
    case $operands in
    ANY) COMPREPLY=() ;;
    FILE) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    FILE.lua) mapfile -t COMPREPLY < <(compgen -f -X '!*.lua' -- "$cur"; compgen -d -- "$cur") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$operands" -- "$cur") ;;
    esac
    [[ $operands != FILE* ]] || compopt -o filenames
}

complete -F _weir weir
