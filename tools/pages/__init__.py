"""The site: pages whose explorers move without a kernel."""
