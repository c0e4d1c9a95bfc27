export default {
  signIn: {
    title: "Sign in",
    lead: "See what you earned, on which order, by which rule, and when it is paid.",
    login: "Login",
    password: "Password",
    submit: "Sign in",
    submitting: "Signing in…",
    wrong: "This login and password do not belong together. Check both and try again.",
    missing: "Enter your login and your password.",
    codeTitle: "Enter your code",
    codeLead: "Your account asks for a code beside the password.",
    code: "Code",
    codeHint: "The six digits that your authenticator shows now, or one of your recovery codes.",
    codeWrong: "This code is wrong or was used before. Enter the one that your authenticator shows now.",
    lockedOut: "Too many failed attempts. This login is locked for a few minutes; then try again.",
    back: "Back",
  },
} as const;
