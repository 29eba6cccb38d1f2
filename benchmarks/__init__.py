"""What `make bench` runs: figures of this machine, and ratios beside a peer in one run."""
