"""The paper's tables, filled for any model and data, with the published numbers beside.

published         those numbers
table_1           image-conditioned, from sounds, retrieved, real
table_2, ablation the same losses, frames and durations
five_classes      the five classes of section 4.3
suitable          which classes a picture can be made of (appendix B)
"""
