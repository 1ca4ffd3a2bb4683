"""What keeps the cluster going: scheduler, workload controllers, quotas, and the life of nodes."""
