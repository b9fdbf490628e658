"""What stages train on, computed once and read by memory map, whatever it comes from.

sources                       opens what `prepare` wrote: clips of films, or takes of the world
images, pairs, moments        pictures; spectrograms with f_V's features; f_V's maps with log bands
pair_sources                  which sounds go with which pictures
image_features, log_bands     f_V over many pictures; the localizer's input
tensors                       pictures on their way to a network and back
conditions, instances         nearest-neighbour conditions of G
scene_sounds                  sounds of known scenes, and what f_V would see of each
known_states, thing_images    the world's truth, for the memory and the classifier of things
"""
