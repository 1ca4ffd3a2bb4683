"""API objects as plain JSON: their kinds, what etcd holds of them, and the words in which they are refused."""
