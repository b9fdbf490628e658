"""Looks: one YAML file each, from the folders of the show and of the venue.

naming      which file a name is; reading: that file, checked -> preset, what going to it sets
use         whether a show can use a preset; follower: goes to another
store       the venue's presets, kept with their versions; document: a look as their text
deeds       saves, renames, goes back, tries
fader       between two, by a blend
shelf       what there is to choose from, for the page; watch: for keys
"""
