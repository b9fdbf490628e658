// Between the screen's tones and the light of the scene: the eighth of it that a screen can show, rolled off like film.
// Squares stand for the screen's curve: nearer to light than its numbers, and cheaper.

const float ROLL_OFF = 0.875;

vec3 scene_light(vec3 tone) {
    vec3 light = clamp(tone, 0.0, 1.0);
    light *= light;
    return light / (1.0 - ROLL_OFF * light);
}

vec3 screen_tone(vec3 light) {
    light = max(light, 0.0);
    return sqrt(light / (1.0 + ROLL_OFF * light));
}
