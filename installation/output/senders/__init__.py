"""The picture to the next tool: `--send`, any number of times, each a thread of its own that may drop pictures.

    target      what stands after `--send`: a kind and where to; secrets in it are never shown
    listing     what a venue always sends to: its `senders.yaml`
    kinds       which kinds there are, what each wants, and whether it could run here
    transport   what a kind has to do: open, take one picture with its sound, close
    sender      the sink that all kinds share: what is dropped, what hangs, how it goes in words
    delivery    its thread: connects, sends, and after a failure waits and connects again
    slot        the one-slot mailbox between the show's thread and a sender's
    sounding    the show's sound, cut to its pictures
    pictures    pixels in the layouts that other programs take
    ndi, spout, syphon, camera, v4l2     one kind each
    stream, srt                          RTMP, UDP and SRT: H.264 and AAC by PyAV; SRT's sockets by libsrt

A new kind is one file here and one entry in `kinds.KINDS`.
"""
