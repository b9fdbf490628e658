// Chainsaw: a clearing among tall trees, a lumberjack walking up to a trunk and cutting it in a spray of sawdust.

vec3 season(vec3 mild) { return chance(0, 0.25) ? vec3(0.88, 0.92, 0.98) : mild; }

float size() { return mix(0.38, 0.86, nearness); }

float facing() { return side(1); }

// The cut, in the picture; everything in the clearing is placed by it.
vec2 cut_at() {
    float x = mix(between(2, 0.52, 0.74), 0.66, nearness);
    return vec2(facing() > 0.0 ? x : 1.0 - x, mix(between(3, 0.34, 0.40), 0.50, nearness));
}

const vec2 CUT = vec2(0.80, 0.47);  // the same in the lumberjack's frame: feet at (0, 0), one unit tall, facing +x
const vec2 GRIP = vec2(0.44, 0.50);

vec2 framed(vec2 u) {
    vec2 p = (u - cut_at()) / size();
    return vec2(p.x * facing(), p.y) + CUT;
}

float ground_y() { return cut_at().y - CUT.y * size(); }

vec3 forest(vec2 u, float ground) {
    vec3 leaf = season(mix(vec3(0.16, 0.36, 0.18), season_leaf(4), 0.55));
    vec3 mist = mix(light.horizon, mix(vec3(0.80, 0.84, 0.66), leaf, 0.25), 0.45) * (0.32 + 0.68 * light.fill);
    vec3 c = mist * (0.86 + 0.30 * u.y);
    c += light.sun * 0.40 * exp(-length((u - vec2(light.place.x, 0.85)) * vec2(1.0, 0.7)) * 2.6) * (0.3 + light.gold + 0.6 * light.day);
    for (int i = 0; i < 4; i++) {
        float near = float(i) / 3.0;
        float per_unit = 12.0 - 2.9 * float(i);
        float foot = ground + 0.16 * (1.0 - near);
        float wood = firs(u - vec2(0.0, foot - 0.06), per_unit * 0.55, 0.95 - 0.25 * near, draws[5 + i] * 20.0);
        float x = u.x * per_unit + draws[9 + i] * 40.0;
        float chosen = hash(vec2(floor(x), float(i) + 2.0));
        float trunk = abs(fract(x) - 0.3 - 0.4 * chosen + 0.02 * sin(u.y * 9.0 + chosen * 20.0)) - (0.05 + 0.09 * chosen) * (1.15 - 0.3 * u.y);
        float lit = smoothstep(0.10, -0.16, (fract(x) - 0.3 - 0.4 * chosen) * (light.place.x < u.x ? 1.0 : -1.0));
        vec3 bark = chance(13, 0.35) ? mix(vec3(0.80, 0.78, 0.72), vec3(0.12), step(0.66, noise(vec2(x * 3.0, u.y * 40.0)))) : vec3(0.30, 0.19, 0.12) * (0.7 + 0.6 * noise(vec2(x * 9.0, u.y * 9.0)));
        float deep = 0.30 + 0.62 * near;
        bool conifers = i < 2;
        c = mix(c, mix(mist, leaf * 0.48 * light.fill * (0.6 + 0.5 * u.y), deep), conifers ? wood : 0.0);
        c = mix(c, mix(mist, bark * light.fill * (0.50 + 0.75 * lit), deep), inside(trunk / per_unit) * step(0.45, fract(chosen * 17.0)));
        c = mix(c, mist, (0.34 - 0.10 * near) * falling(foot - 0.02, foot + 0.30, u.y));
    }
    float crowns = 0.65 * fbm2(u * vec2(4.0, 5.0) + draws[14] * 40.0) + 0.35 * fbm2(u * 26.0 + draws[14] * 20.0);
    c = mix(c, leaf * light.fill * (0.22 + 0.9 * crowns), 0.92 * smoothstep(0.0, 0.05, crowns - 1.20 + 0.86 * u.y));
    float shaft = noise(vec2((u.x + 0.6 * u.y * (light.place.x < 0.5 ? -1.0 : 1.0)) * 8.0 + draws[15] * 40.0, 2.0));
    return c + light.sun * 0.26 * smoothstep(0.52, 0.85, shaft) * (light.gold + 0.55 * light.day + 0.15 * light.night) * smoothstep(0.1, 0.7, u.y);
}

vec3 forest_floor(vec2 u, float ground) {
    float depth = max(ground + 0.10 - u.y, 0.0);
    vec3 litter = mix(vec3(0.34, 0.26, 0.13), season_leaf(4), 0.45);
    litter = season(litter);
    float grain = fbm3(vec2(u.x / (0.25 + depth), 1.6 / (0.25 + depth)) * 3.0 + draws[16] * 40.0);
    vec3 c = litter * light.fill * (0.42 + 0.85 * grain);
    float dapple = smoothstep(0.50, 0.70, noise(vec2(u.x * 4.0 + draws[17] * 40.0, u.y * 14.0)));
    return c * (0.75 + 0.5 * dapple * (light.day + light.gold));
}

vec3 bark_of(vec2 p, float half_wide) {
    float round = clamp(p.x / half_wide, -1.0, 1.0);
    float ridge = noise(vec2(asin(round) * 5.0 + 1.2 * noise(p * vec2(9.0, 4.0)), p.y * 3.4) + draws[18] * 40.0);
    vec3 bark = mix(vec3(0.34, 0.20, 0.12), vec3(0.44, 0.38, 0.32), draws[19]) * (0.45 + 0.95 * smoothstep(0.25, 0.75, ridge));
    float sunward = (light.place.x - 0.5) * facing() < 0.0 ? -1.0 : 1.0;
    return bark * light.fill * (0.55 + 0.55 * smoothstep(-1.0, 1.0, round * sunward)) + light.sun * 0.10 * smoothstep(0.5, 1.0, round * sunward);
}

// The tree that is to fall, its notch cut already.
vec3 tall_tree(vec3 c, vec2 p, float scale) {
    float half_wide = 0.20 + 0.10 * exp(-max(p.y, 0.0) * 9.0) + 0.012 * noise(vec2(p.y * 9.0, draws[20] * 30.0));
    vec2 q = p - vec2(1.02, 0.0);
    float d = max(abs(q.x) - half_wide, -q.y - 0.03);
    c = mix(c, bark_of(q, half_wide), inside(d * scale));
    float notch = max(max(abs(q.y - 0.45) - 0.55 * (q.x - 0.04), q.x - half_wide - 0.01), 0.04 - q.x);
    c = mix(c, mix(vec3(0.96, 0.80, 0.52), vec3(0.80, 0.54, 0.28), smoothstep(0.40, 0.48, q.y)) * light.fill, inside(notch * scale));
    return c;
}

// Felled logs and a stump lie about.
vec3 logs(vec3 c, vec2 u, float ground) {
    for (int i = 0; i < 3; i++) {
        vec2 p = u - vec2(between(21 + i, 0.05, 0.95), ground + between(24 + i, -0.02, 0.07));
        float radius = between(27 + i, 0.024, 0.042);
        float reach = between(30 + i, 0.08, 0.18);
        float trunk = stroke(p, vec2(0.0), vec2(reach, 0.018), radius, radius);
        c = mix(c, vec3(0.33, 0.22, 0.15) * light.fill * (0.6 + 12.0 * clamp(p.y, -0.03, 0.05)) * (0.7 + 0.6 * noise(p * vec2(20.0, 90.0))), inside(trunk));
        float end = ellipse(p, vec2(radius * 0.72, radius));
        float rings = 0.5 + 0.5 * cos(length(p / vec2(0.72, 1.0)) * 420.0);
        c = mix(c, vec3(0.90, 0.70, 0.44) * light.fill * (0.78 + 0.2 * rings), inside(end));
    }
    return c;
}

vec3 setting(vec2 u) {
    float ground = ground_y();
    vec3 c = forest(u, ground);
    float line = ground + 0.10 + 0.05 * (noise(vec2(u.x * 5.0, draws[33] * 40.0)) - 0.5);
    c = mix(c, forest_floor(u, ground), softly(u.y - line, 0.006));
    c = logs(c, u, ground + 0.03);
    c = tall_tree(c, framed(u), size());
    vec3 fern = season(mix(vec3(0.24, 0.42, 0.14), season_leaf(4), 0.6)) * light.fill;
    return mix(c, fern * (0.30 + 1.4 * max(u.y - ground + 0.10, 0.0)), blades(vec2(u.x, u.y - ground + 0.11), 24.0, 0.12, between(34, -0.6, 0.6), draws[35] * 20.0) * 0.9);
}

vec3 shirt(vec2 p) {
    float pick = draws[36] * 3.0;
    vec3 cloth = pick < 1.0 ? vec3(0.78, 0.10, 0.08) : pick < 2.0 ? vec3(0.12, 0.30, 0.56) : vec3(0.16, 0.42, 0.22);
    vec2 check = step(0.5, fract(turned(p, 0.25) * 17.0));
    return cloth * (1.0 - 0.42 * check.x - 0.30 * check.y);
}

// The lumberjack; `stride` swings the legs, `bent` leans him into the work.
void lumberjack(inout vec4 c, vec2 p, float scale, float stride, float bent) {
    vec3 lit = 0.16 + 0.86 * light.fill;
    vec2 hip = vec2(0.0, 0.50 - 0.03 * bent);
    vec2 shoulder = hip + vec2(0.05 + 0.10 * bent, 0.31);
    vec2 head = shoulder + vec2(0.06 + 0.02 * bent, 0.135);
    float back_leg = min(stroke(p, hip, vec2(-0.10 - 0.5 * stride, 0.26), 0.082, 0.062), stroke(p, vec2(-0.10 - 0.5 * stride, 0.26), vec2(-0.20 - stride, 0.05), 0.062, 0.045));
    float front_leg = min(stroke(p, hip, vec2(0.15 + 0.5 * stride, 0.27), 0.086, 0.066), stroke(p, vec2(0.15 + 0.5 * stride, 0.27), vec2(0.11 + stride, 0.05), 0.066, 0.048));
    float boots = min(box(p - vec2(-0.175 - stride, 0.032), vec2(0.062, 0.022)), box(p - vec2(0.145 + stride, 0.032), vec2(0.068, 0.022))) - 0.014;
    vec3 denim = (draws[37] < 0.5 ? vec3(0.14, 0.19, 0.30) : vec3(0.28, 0.20, 0.13)) * lit;
    over(c, denim * 0.62, inside(back_leg * scale));
    over(c, denim * (0.8 + 0.4 * noise(p * 22.0)), inside(front_leg * scale));
    over(c, vec3(0.98, 0.42, 0.06) * lit * 0.85, inside(max(front_leg + 0.012, abs(p.y - 0.30) - 0.11) * scale));
    over(c, vec3(0.20, 0.12, 0.07) * lit, inside(boots * scale));

    vec2 elbow = shoulder + vec2(0.20, -0.17);
    float far_arm = min(stroke(p, shoulder, shoulder + vec2(0.24, -0.13), 0.052, 0.042), stroke(p, shoulder + vec2(0.24, -0.13), GRIP + vec2(0.11, 0.075), 0.042, 0.036));
    over(c, shirt(p) * 0.58 * lit, inside(far_arm * scale));
    float torso = stroke(p, hip + vec2(0.0, 0.02), shoulder + vec2(-0.01, -0.035), 0.105, 0.112);
    over(c, shirt(p) * lit * (0.66 + 0.5 * smoothstep(-0.15, 0.2, p.x * (light.place.x < 0.5 ? -1.0 : 1.0) * facing() + 0.5 * (p.y - 0.6))), inside(torso * scale));
    float braces = abs(stroke(p, hip, shoulder + vec2(-0.02, 0.06), 0.0, 0.0)) - 0.014;
    over(c, vec3(0.16, 0.10, 0.08) * lit, 0.9 * inside(max(braces, torso) * scale));

    vec3 skin = mix(vec3(0.92, 0.66, 0.50), vec3(0.46, 0.28, 0.19), draws[38]) * lit;
    over(c, skin * 0.8, inside(stroke(p, shoulder, head, 0.045, 0.045) * scale));
    over(c, skin, inside(ellipse(p - head, vec2(0.062, 0.078)) * scale));
    float beard = max(ellipse(p - head - vec2(0.030, -0.052), vec2(0.052, 0.058)), p.y - head.y + 0.015);
    over(c, mix(vec3(0.14, 0.08, 0.05), vec3(0.52, 0.24, 0.08), draws[39]) * lit, inside(beard * scale));
    vec3 shell = (draws[40] < 0.6 ? vec3(1.0, 0.46, 0.06) : draws[40] < 0.85 ? vec3(0.98, 0.80, 0.10) : vec3(0.92)) * lit;
    float helmet = min(max(disc(p - head - vec2(0.0, 0.022), 0.090), head.y + 0.028 - p.y), stroke(p, head + vec2(0.04, 0.040), head + vec2(0.125, 0.030), 0.014, 0.008));
    over(c, shell * (0.75 + 3.0 * clamp(p.y - head.y, 0.0, 0.12)), inside(helmet * scale));
    over(c, vec3(0.12), inside(ellipse(p - head - vec2(-0.012, 0.005), vec2(0.028, 0.040)) * scale));
    float visor = max(abs(length(p - head - vec2(-0.01, 0.03)) - 0.108) - 0.004, max(head.x + 0.02 - p.x, abs(p.y - head.y + 0.012) - 0.050));
    over(c, vec3(0.06), 0.8 * inside(visor * scale));

    float near_arm = min(stroke(p, shoulder + vec2(0.0, -0.02), elbow, 0.060, 0.050), stroke(p, elbow, GRIP + vec2(-0.05, 0.0), 0.050, 0.038));
    over(c, shirt(p + 0.03) * lit * 1.02, inside(near_arm * scale));
}

void saw(inout vec4 c, vec2 p, float scale, float running) {
    vec3 lit = 0.20 + 0.84 * light.fill;
    vec3 shell = (draws[41] < 0.6 ? vec3(1.0, 0.40, 0.05) : draws[41] < 0.8 ? vec3(0.86, 0.08, 0.07) : vec3(0.20, 0.52, 0.18)) * lit;
    vec2 q = p - vec2(0.50, 0.495);
    float bar = stroke(q, vec2(0.08, -0.025), vec2(0.62, -0.025), 0.032, 0.028);
    float teeth = abs(fract(q.x * 34.0 - seconds * 9.0 * running * (q.y > -0.025 ? 1.0 : -1.0)) - 0.5) * 0.016;
    over(c, vec3(0.10), inside((bar - 0.008 - teeth) * scale));
    over(c, vec3(0.80, 0.82, 0.85) * lit * (0.8 + 4.0 * (q.y + 0.025)), inside((bar + 0.006) * scale));
    float loop = abs(box(q - vec2(0.02, 0.065), vec2(0.052, 0.042)) - 0.010) - 0.009;
    float handle = abs(box(q - vec2(-0.155, 0.005), vec2(0.050, 0.030)) - 0.012) - 0.012;
    over(c, vec3(0.08), inside(min(loop, handle) * scale));
    float engine = box(q, vec2(0.105, 0.048)) - 0.014;
    over(c, shell * (0.70 + 5.0 * clamp(q.y + 0.03, 0.0, 0.09)), inside(engine * scale));
    over(c, vec3(0.88) * lit, inside(box(q - vec2(-0.01, 0.004), vec2(0.060, 0.014)) * scale));
    over(c, vec3(0.12), inside(disc(q - vec2(-0.075, -0.02), 0.026) * scale));
    vec3 glove = vec3(0.86, 0.66, 0.30) * lit;
    over(c, glove, inside(min(disc(q - vec2(-0.115, 0.012), 0.040), disc(q - vec2(0.048, 0.090), 0.036)) * scale));
}

// Sawdust thrown back from the cut, falling as it flies, and the blue breath of the engine.
void dust(inout vec4 c, vec2 p, float running) {
    vec2 q = p - CUT;
    q.y += 1.1 * q.x * q.x * step(q.x, 0.0);
    float r = length(q);
    float angle = atan(-q.y, -q.x) - 0.32;
    float stream = noise(vec2(angle * 16.0 + draws[42] * 30.0, r * 9.0 - seconds * 12.0)) * 0.6 + 0.4 * noise(vec2(angle * 46.0, r * 26.0 - seconds * 31.0));
    float fan = mound(angle / 0.34) * falling(0.30, 0.80, r) * smoothstep(0.0, 0.04, r);
    float spray = clamp(fan * (0.30 + 1.3 * smoothstep(0.42, 0.66, stream)), 0.0, 1.0);
    vec3 chips = mix(vec3(1.0, 0.86, 0.56), vec3(0.92, 0.70, 0.40), stream) * (0.24 + 0.82 * light.fill);
    over(c, chips, running * spray * 0.95);
    vec2 heap = p - vec2(0.42, 0.0);
    over(c, chips * 0.9, running * inside((ellipse(heap, vec2(0.36, 0.05 + 0.02 * noise(p * 40.0)))) * size()) * 0.9);
    vec2 s = p - vec2(0.44, 0.58);
    float puff = fbm2(s * vec2(7.0, 6.0) - vec2(-seconds * 0.8, seconds * 1.6) + draws[43] * 40.0);
    float smoke = falling(0.05, 0.24, length((s - vec2(-0.05, 0.14)) * vec2(1.2, 0.8))) * smoothstep(0.35, 0.75, puff);
    over(c, mix(vec3(0.70, 0.76, 0.86), light.horizon, 0.3) * (0.3 + 0.7 * light.fill), running * 0.5 * smoke);
}

void thing(inout vec4 c, vec2 u) {
    float arrived = arrive(0.0, 0.75);
    float running = come(0.6, 1.0);
    vec2 p = framed(u);
    float reach = (facing() > 0.0 ? cut_at().x : 1.0 - cut_at().x) / size() + 0.35;
    vec2 walked = vec2(-(1.0 - arrived) * reach, 0.012 * abs(sin(arrived * 9.0)) * (1.0 - running));
    vec2 q = p - walked;
    float stride = 0.10 * sin(arrived * 18.0) * (1.0 - running);
    vec2 shake = running * vec2(0.004 * sin(seconds * 47.0), 0.004 * sin(seconds * 39.0 + 1.0) + 0.012 * sin(seconds * 2.1));
    lumberjack(c, q - 0.5 * shake, size(), stride, 0.4 + 0.6 * running);
    saw(c, turned(q - shake - GRIP, 0.5 * (1.0 - running)) + GRIP, size(), running);
    dust(c, p, running);
}
