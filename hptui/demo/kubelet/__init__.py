"""The kubelets: they take the pods of their nodes through their lives and report on them."""
