"""The operator's hands: OSC, MIDI, keys and a page, all posting to the desk and reading nothing but the desk.

osc (osc_ports takes packets in, osc_backlog keeps the newest, osc_messages reads them, osc_commands does what they say,
osc_echo tells subscribers) and page have threads of their own in the show process; midi has its ports in a
process of their own (midi_link starts midi_ports, the only importer of mido and rtmidi); bindings says what a message
means; keyboard is pure; rejections is what all share. oscquery (oscquery_namespace, oscquery_app, oscquery_listeners)
tells other programs what there is to control, discovery that it is there; rest (openapi, openapi_page) is beside the
page; web_thread serves. None of them may block or end the show.
"""
