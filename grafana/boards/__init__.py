"""One module a kind of board; `grafana.generate.BOARDS` lists them."""
