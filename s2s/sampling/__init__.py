"""The paper's inference and its section 5: sounds to latents to pictures, on files.

embed, noise, generate        a sound's h, z drawn by seed, pictures of both
manipulate                    volume, mixing, blending, editing
inversion                     the (z, h) that paint a given picture
figures                       strips and sweeps of the paper's figures
"""
