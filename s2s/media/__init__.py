"""Sound, pictures and films in and out of files. Importing this imports nothing: the show writes films without torch.

audio, container, mono        any file's sound as 16 kHz mono; how FFmpeg opens it; how its channels become one
images                        pictures upright and in their colours
video_reader, video_writer    a film's frames in; pictures and sound out
montage, tiles                sheets of many pictures for people to look at, and their cells
page                          a page for people that is one file: tables, pictures and sounds in it, text escaped
"""
