"""What the program did, in lines: kept in memory, and in a file where one is wanted.

The rooms log by the standard library (`logging.getLogger(__name__)`) and know nothing of this one; it decides where lines go.
What is secret is never logged: no header, token, certificate, kubeconfig, plugin's answer, typed text or host's output. The
redaction behind that is a second wall, for what somebody else's words may hold.
"""
