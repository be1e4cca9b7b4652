# Completion in bash for dlms, dlms-service and dlms-simulator: options and subcommands as --help tells them.
_dlms() {
    local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} help word
    local -a path=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in
            # Of subcommands only: an option or a meter ends what leads to the right help.
            read | write | action | profile | scan | readout | decode | keygen | certificates | conformance | audit | \
                verify | show | keys | add | list | revoke)
                path+=("$word")
                ;;
            *) break ;;
        esac
    done
    case $previous in
        *-file | --data-dir | --env-file | --scenario | --pty | --serial | --out)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
            ;;
        --brand) help="hexcell hexing" ;;
        --log-level) help="TRACE DEBUG INFO WARNING ERROR CRITICAL" ;;
        --log-format) help="TEXT JSON" ;;
        --scopes) help="read write control admin" ;;
        *)
            help=$("$program" "${path[@]}" --help 2>/dev/null |
                sed -nE 's/^ +(-[a-z],)?(--[a-z0-9-]+).*/\2/p; /^Subcommands:/,/^$/s/^ +([a-z]+) .*/\1/p')
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$help" -- "$current")
    if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}
complete -F _dlms dlms dlms-service dlms-simulator
