"""The Windows side: what a process on a node sees and does. It knows nothing of Kubernetes but the pod it runs in."""
