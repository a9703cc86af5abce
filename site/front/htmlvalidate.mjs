// What `html-validate` holds every built page to: its strictest presets, less what is said here.
export default {
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y", "html-validate:document"],
  rules: {
    // Ids are those of the dataset and of the theme; HTML lets them begin with any character.
    "valid-id": ["error", { relaxed: true }],
    // A box that scrolls is a region by role, since no heading of its own stands in it.
    "prefer-native-element": ["error", { exclude: ["region"] }],
    // The width of a line in the network is a figure, drawn by what stands beside it.
    "no-inline-style": ["error", { allowedProperties: ["stroke-width"] }],
    // The theme's search answers while one types, and its choice of colours at once.
    "wcag/h32": "off",
    // A study is called what its paper calls it, and every title ends with the name of the site.
    "long-title": "off",
    // The theme writes the older of two names for one role, which is as good.
    "presentation-role-style": "off",
    // Scripts and styles are of the same host.
    "require-sri": ["error", { target: "crossorigin" }],
    // The theme's templates leave blanks at the end of lines, where they mean nothing.
    "no-trailing-whitespace": "off",
  },
};
