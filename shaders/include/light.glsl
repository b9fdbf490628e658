// Between the screen's numbers and light (IEC 61966-2-1, sRGB), both 0..1.

vec3 light_of(vec3 colour) {
    colour = clamp(colour, 0.0, 1.0);
    vec3 curved = pow((colour + 0.055) / 1.055, vec3(2.4));
    return mix(curved, colour / 12.92, vec3(lessThanEqual(colour, vec3(0.04045))));
}

vec3 colour_of(vec3 light) {
    light = clamp(light, 0.0, 1.0);
    vec3 curved = 1.055 * pow(light, vec3(1.0 / 2.4)) - 0.055;
    return mix(curved, light * 12.92, vec3(lessThanEqual(light, vec3(0.0031308))));
}
