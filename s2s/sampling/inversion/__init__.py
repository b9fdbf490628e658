"""GAN inversion (section 5.2): loss (how far a picture is from the image), search (by steps), cache (on disk)."""
