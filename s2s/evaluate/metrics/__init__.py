"""What is measured of a model: every metric registered once, options in, a number with its interval out.

clips                 what it is measured on: the world's takes, films, labelled sounds
judges                who looks at pictures: classifiers, a judge of things, CLIP, f_V
clip_text             CLIP and its prompts, from a local file of weights
readings              what the judges read of many pictures, kept on disk: no picture stays in memory
picture_sets          the pictures: real, painted from sounds or from pictures, retrieved by sounds
evidence              all of it together
intervals             95 % intervals, by recording
registry              the metrics by name
recall, quality       R@k; FID and Inception Score
retrieval, diversity  sounds and pictures found by one another; what noise changes
things                size against truth, overlap with it
av_align              peaks of sound against peaks of the picture, in films
"""
