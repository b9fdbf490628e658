"""Draws what hangs together: microphone, interface, computer, projector, phone, controller.

`python .github/drawings/wiring.py` writes `.github/pictures/wiring.svg`.
"""

from sheet import Sheet, keep


def drawing() -> str:
    """Return the drawing as SVG."""
    sheet = Sheet(800, 436, "Wiring: microphone, interface, computer, projector, phone and controller")
    _sound(sheet)
    _computer(sheet)
    _picture(sheet)
    _hands(sheet)
    sheet.write(400, 422, "solid: what a show needs   ·   dashed: what it may have")
    return sheet.text()


def _sound(sheet: Sheet) -> None:
    """Microphone and desk, and the interface between them and the computer."""
    sheet.box(58, 62, 26, 46, corner=13)
    sheet.path("M48 90v6a23 23 0 0 0 46 0v-6M71 119v17M55 136h32")
    sheet.write(71, 160, "microphone", "name")
    sheet.write(71, 177, "hears the room")
    sheet.arrow(104, 96, 62)
    sheet.write(134, 86, "XLR")
    sheet.box(170, 66, 110, 62)
    for x in (192, 216):
        sheet.circle(x, 97, 8)
    sheet.circle(258, 90, 5, "mark")
    sheet.write(225, 152, "audio interface", "name")
    sheet.write(225, 169, "none with a USB microphone")
    sheet.arrow(284, 96, 54)
    sheet.write(310, 86, "USB")
    sheet.box(30, 226, 92, 52)
    for x in (48, 64, 80, 96):
        sheet.path(f"M{x} 236v32")
        sheet.box(x - 4, 240 + (x * 7) % 19, 8, 6, "ink", corner=2)
    sheet.write(76, 298, "mixing desk", "name")
    sheet.write(76, 315, "a line instead")
    sheet.path("M122 250H225V182", "may")
    sheet.path("M225 176l-5 7h10z", "ink")


def _computer(sheet: Sheet) -> None:
    """The computer that runs the show."""
    sheet.box(342, 44, 140, 128, "main")
    sheet.write(412, 76, "computer", "name")
    sheet.write(412, 98, "hears, paints, shows")
    sheet.write(412, 122, "run_show.py", "code")
    sheet.write(412, 139, "--preset gallery", "code")
    sheet.write(412, 156, "--page …:8080", "code")


def _picture(sheet: Sheet) -> None:
    """Projectors and their wall."""
    sheet.arrow(486, 96, 86)
    sheet.write(527, 86, "HDMI, DP")
    sheet.box(576, 74, 72, 44)
    sheet.circle(640, 96, 9)
    sheet.path("M650 96L726 40V152Z", "glow")
    sheet.path("M728 34V158", "line")
    sheet.write(612, 142, "projector", "name")
    sheet.write(612, 159, "or any screen")
    sheet.write(728, 178, "the wall", "name")
    sheet.path("M482 150H516V206H572", "may")
    sheet.path("M576 206l-7 -5v10z", "ink")
    sheet.write(580, 204, "a second projector, side by side", anchor="start")
    sheet.write(580, 221, "or NDI, Spout, Syphon, SRT, RTMP", anchor="start")


def _hands(sheet: Sheet) -> None:
    """Phone, controller and other programs: they may come and go while the show runs."""
    sheet.path("M370 172V262H330V284", "may")
    sheet.box(310, 286, 40, 70, corner=7)
    sheet.box(315, 294, 30, 20, "main", corner=2)
    for y in (322, 331, 340):
        sheet.path(f"M317 {y}h26")
    sheet.write(330, 378, "phone", "name")
    sheet.write(330, 395, "the operator page, Wi-Fi")
    sheet.write(362, 222, ":8080", "code", "end")
    sheet.path("M412 172V286", "may")
    sheet.write(418, 274, "USB MIDI", anchor="start")
    sheet.box(432, 288, 120, 66)
    for row, y in enumerate((304, 320)):
        for x in (498, 512, 526, 540):
            sheet.circle(x, y, 5, "mark" if row == 0 and x == 498 else "box")
    for y in (298, 322):
        for x in (442, 455, 468, 481):
            sheet.box(x - 2, y, 10, 18, corner=2)
    sheet.path("M412 286V320H428", "may")
    sheet.write(492, 378, "controller", "name")
    sheet.write(492, 395, "eight knobs, eight pads")
    sheet.path("M454 172V242H664V284", "may")
    sheet.box(616, 286, 96, 58)
    sheet.path("M626 328l12 -22 12 14 12 -26 12 30 12 -16 14 20", "line")
    sheet.path("M604 352h120", "line")
    sheet.write(664, 378, "another program", "name")
    sheet.write(664, 395, "OSC :9000, OSCQuery :9002")


if __name__ == "__main__":
    keep("wiring.svg", drawing())
