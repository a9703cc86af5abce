// What `html-validate` holds the built pages to: valid HTML, and names for what is operated.
export default {
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
  rules: {
    // Ids are those of the dataset and of the theme; HTML lets them begin with any character.
    "valid-id": ["error", { relaxed: true }],
    // A box that scrolls is a region, and a figure's box a dialog, by role.
    "prefer-native-element": ["error", { exclude: ["region", "dialog"] }],
    // The theme's search answers while one types, and its choice of colours at once.
    "wcag/h32": "off",
    "long-title": "off",
    // Scripts and styles are of the same host.
    "require-sri": ["error", { target: "crossorigin" }],
  },
};
