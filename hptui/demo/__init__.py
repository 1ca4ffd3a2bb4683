"""A simulated cluster with Windows nodes on loopback, speaking the real HTTP API. It stands alone: it uses no other room.

    launch.py        starts the server as a process and ends it; light to import
    server.py        `python -m hptui.demo.server`
    threaded.py      a cluster on a thread, for synchronous tests
    cluster.py       the whole: a world, its controllers, an HTTPS server
    controllers/     scheduler, Jobs, DaemonSets, quotas, the life of nodes; clients of the API, as in a real cluster
    kubelet/         pods taken through their lives
    api/             from a request to its answer or its stream
    world.py         what all of them share
    rules/           defaults, validation, admission
    access/          certificate, kubeconfig, users and their rights
    runtime/         a node's container runtime: images, sandboxes, containers and their logs
    faults.py        what goes wrong on purpose
    objects/         API objects, and what etcd holds of them
    host/            the Windows side: start.py is its door, behind it programs, PowerShell, console, machine
    process.py       all that cluster and Windows side know of each other
    pace.py          how long things take

Each uses what stands below it; host uses process.py only. The contracts in pyproject.toml keep it so.
"""
