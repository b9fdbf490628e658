"""The operator's hands: OSC, MIDI, keys and a page, all posting to the desk and reading nothing but the desk.

osc and page have threads of their own in the show process; keyboard is pure; rejections is what all share. oscquery
(oscquery_namespace, oscquery_app, oscquery_listeners) tells other programs what there is to control, discovery that it
is there; rest (openapi, openapi_page) is beside the page; web_thread serves. None of them may block or end the show.

osc looks after its threads and ports. What comes goes up this way:

    osc_ports         UDP and TCP; osc_datagrams: many at a call; osc_stream: packets of a stream; osc_peers: answers
    osc_backlog       what has come, the newest of each; osc_allowance: how much of it is read
    osc_messages      packets as messages; osc_schedule: those of bundles for later
    osc_commands      what they say, done; osc_patterns: which addresses that means; osc_echo: subscribers are told

midi has its ports in a process of their own (midi_link starts midi_ports, the only importer of mido and rtmidi), and
midi_names tells which of them to take. What they say goes up this way, on the show's thread:

    midi_events       messages as events: 14 bits and NRPN put together
    midi_controller   learning, forgetting, telling; midi_layers: whose map counts
    bindings          what an event does, by takeover (knobs) and encoders (endless knobs)
    midi_map          the entries of maps, checked; midi_store: maps by device, kept; midi_maps: those that ship
    midi_learning     which control a hand means; midi_feedback: what the controller is told
    disk_queue        what waits for a disk, beside the show
"""
