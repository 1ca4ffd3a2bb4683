"""What there is on a simulated Windows node: builds, accounts, services, processes, pipes, files, events, network."""
