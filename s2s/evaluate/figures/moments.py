"""Figure 3: the frame that goes best with the sound, beside the middle one."""

from s2s.bundle import Bundle
from s2s.evaluate.figures.material import CannotDrawError, FigureMaterial
from s2s.evaluate.figures.sheet import Sheet, sound_name
from s2s.selection.selection_sheet import Selected, selection_sheet
from s2s.selection.selectors import ByLocalizer
from s2s.training.inputs.moments import frame_px


def selected_moments(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure 3: of each film its middle frame, the selected one, and the scores over time."""
    films = material.films
    if films is None or not films.ids:
        raise CannotDrawError("needs clips of many frames, as `prepare` makes of films")
    if model.image_encoder is None:
        raise CannotDrawError("needs a model with an image encoder: frames have no place in this one")
    px = frame_px(model.image_encoder)
    clips, sounds = [], {}
    for clip_id in films.ids:
        frames, scores = films.source.frames(clip_id, px), films.selector.scores(films.source, clip_id)
        where = None
        if isinstance(films.selector, ByLocalizer):
            where = films.selector.maps(films.source, clip_id)[int(scores.argmax())]
        clips.append(Selected(clip_id, frames, scores, where, films.presence.get(clip_id)))
        sounds[sound_name(clip_id)] = films.source.sound(clip_id)
    caption = (
        "The moment of a film that shows what is heard: its middle frame, the one that was selected, and how well "
        "every frame goes with the sound, the ten best marked. Where the truth is known, the lighter ground is when "
        "the thing is there. Selected by " + str(films.selector.settings["by"]) + "."
    )
    return Sheet(selection_sheet(clips), caption, sounds)
