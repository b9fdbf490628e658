"""The operator's hands: OSC, MIDI, keys and a page, all posting to the desk and reading nothing but the desk.

    osc         UDP and TCP
    midi        controllers and clocks: ports in a process of their own, maps, learning, feedback
    oscquery    tells other programs what there is to control; `discovery`: that it is there
    page        the operator page, its socket, and what programs use over HTTP
    keyboard    keys of the window, pure
    link_clock  the tempo of a network
    bindings    what a controller's event does
    web_thread  serves a web application; rejections: what all of them count instead of saying

None of them may block or end the show.
"""
