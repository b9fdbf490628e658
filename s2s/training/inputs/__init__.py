"""What stages train on, computed once and read by memory map.

world_arrays                  takes of the synthetic world as arrays
images, pairs, moments        pictures; spectrograms with f_V's features; f_V's maps with log bands
pair_sources, recordings      where pairs come from
image_features, log_bands     f_V over many pictures; the localizer's input
conditions, instances         nearest-neighbour conditions of G
known_states, thing_images    the world's truth, for the memory and the thing's classifier
"""
