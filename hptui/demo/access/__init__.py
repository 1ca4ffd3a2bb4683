"""Who gets in: the server's certificate, the kubeconfig that trusts it, users and their rights."""
