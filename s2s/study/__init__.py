"""The paper's user study (section 4.3, appendix E): made of a model and sounds, asked of people, scored as table 1 (b).

    plan                which sound and which pictures make up a question; pure
    check_tones         the sound check before the first question
    painting, making    the pictures of both methods; everything in one folder
    manifest            `study.json`, what the folder holds and which picture is whose
    order               what a participant is asked, and where each picture lies; pure
    answers             `answers.jsonl`, which no crash takes answers from
    sitting             who takes part, and how far they are
    app, serving        the page and its server
    scoring, table      recall, precision and intervals; the table of the report

Experiment (i): five pictures a sound, one by ours from the sound, one by the baseline from its picture, three of other
categories by either; all that fit are chosen. Experiment (ii): four by ours, one of them from the sound; one is chosen.
"""
