"""Pages that this machine serves, and who may ask for them: the show's operator page and the study stand on it.

    access, keys        by which names, from which sites, with which tokens, and how far; pure
    token_file          tokens that outlive a run
    limits              how often one may ask, and try; pure
    guard               what stands before an application and turns the others away
    policy, body        what a page may do in its browser; what a request may hold
    protocol, server    connections that cannot keep the others out, and the server of them
    addresses           how a listener is called, for whoever is to open it

Importing `access` and `addresses` needs neither Starlette nor Uvicorn.
"""
