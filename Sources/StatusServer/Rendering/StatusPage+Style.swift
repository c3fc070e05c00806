extension StatusPage {
  /// The style sheet, for light and dark, wide and narrow screens.
  static let style: HTML = """

    :root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #f6f8fa; --card: #fff; --field: #eff2f5;
      --line: #d9dee4; --yes: #1a7f37; --yes-tint: #dafbe1; --no: #b3261e; --no-tint: #ffebe9; --unknown: #8a5a00;
      --unknown-tint: #fff4cc; --link: #0b57d0; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa5b1; --paper: #0f1216; --card: #171b21;
      --field: #212730; --line: #2f3742; --yes: #5fd584; --yes-tint: #12301d; --no: #ff8f86; --no-tint: #3b1614;
      --unknown: #f0c350; --unknown-tint: #352a0c; --link: #8ab4ff; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 60rem; padding: 1.25rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
    h1, h2, h3, p, dl, dd, ul { margin: 0; }
    header { padding: 1.25rem 1.5rem; border-radius: .9rem; background: var(--no-tint); border: 1px solid var(--no); }
    .yes header { background: var(--yes-tint); border-color: var(--yes); }
    .unknown header { background: var(--unknown-tint); border-color: var(--unknown); }
    h1 { display: flex; align-items: center; gap: .7rem; margin: .3rem 0 .5rem; font-size: 2.2rem; line-height: 1.2;
      color: var(--no); }
    .yes h1 { color: var(--yes); }
    .unknown h1 { color: var(--unknown); }
    .mark { flex: none; width: 1.5em; height: 1.5em; border-radius: 50%; font-size: .85rem; font-weight: bold;
      line-height: 1.5em; text-align: center; color: var(--card); background: var(--unknown); }
    h1 .mark { font-size: 1.6rem; }
    .no > .mark, .no h1 .mark { background: var(--no); }
    .yes > .mark, .yes h1 .mark { background: var(--yes); }
    .conditions .no .mark { background: var(--no); }
    .conditions .unknown .mark { background: var(--unknown); }
    .message { font-size: 1.1rem; }
    .outlook { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1rem; }
    .outlook div { flex: 1 1 16rem; padding: .6rem 1rem; border-radius: .6rem; background: var(--card);
      border: 1px solid var(--line); border-left: .4rem solid var(--unknown); }
    .outlook .yes { border-left-color: var(--yes); }
    .outlook .no { border-left-color: var(--no); }
    .outlook strong { font-size: 1.2rem; color: var(--unknown); }
    .outlook .yes strong { color: var(--yes); }
    .outlook .no strong { color: var(--no); }
    section, details { margin-top: 1rem; padding: 1rem 1.5rem; border-radius: .9rem; background: var(--card);
      border: 1px solid var(--line); }
    summary { cursor: pointer; }
    summary h2 { display: inline; margin: 0 .4rem 0 0; }
    details[open] summary { margin-bottom: .6rem; }
    h2 { margin-bottom: .5rem; font-size: 1.1rem; }
    h3 { font-size: 1rem; }
    small, .since, footer, .node, .label, .more, .why { color: var(--soft); }
    small, .since, .label, .more, .why { font-size: .85rem; font-weight: normal; }
    ul { padding-left: 1.2rem; }
    li + li { margin-top: .25rem; }
    .conditions li + li { margin-top: 0; }
    .conditions { list-style: none; padding: 0; }
    .conditions li { display: flex; gap: .9rem; padding: .7rem 0; border-top: 1px solid var(--line); }
    .conditions li:first-child { border-top: 0; }
    .conditions li:last-child { padding-bottom: 0; }
    .conditions .mark { margin-top: .15rem; }
    .blocker { padding: .9rem 0; border-top: 1px solid var(--line); }
    h2 + .blocker { border-top: 0; padding-top: 0; }
    .blocker:last-child { padding-bottom: 0; }
    pre, code { font-family: ui-monospace, monospace; font-size: .9rem; }
    pre { margin: .4rem 0; padding: .5rem .8rem; border-radius: .4rem; background: var(--no-tint); white-space: pre-wrap; }
    .remedy { margin: .2rem 0 0; background: var(--yes-tint); user-select: all; }
    .label { margin-top: .6rem; }
    .way { padding: .05rem .5rem; border-radius: 1rem; background: var(--field); }
    .state { padding: .1rem .6rem; border-radius: 1rem; font-size: .9rem; }
    .state { color: var(--unknown); background: var(--unknown-tint); }
    .state.yes { color: var(--yes); background: var(--yes-tint); }
    .state.no { color: var(--no); background: var(--no-tint); }
    table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
    th code { overflow-wrap: anywhere; }
    time, td[data-is=Duration] { white-space: nowrap; }
    th, td { padding: .5rem 1rem .5rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
    th[scope=col] { border-top: 0; padding-top: 0; color: var(--soft); font-size: .85rem; font-weight: normal; }
    th[scope=row] { font-weight: normal; }
    dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .3rem 1.5rem; }
    dt { color: var(--soft); }
    a { color: var(--link); }
    footer { padding: 1rem 1.5rem; font-size: .9rem; }
    footer p { margin-top: .3rem; }
    nav a { display: inline-block; margin-right: 1rem; padding: .3rem 0; }
    @media (max-width: 34rem) {
      body { padding: .75rem; }
      header, section, details { padding: 1rem; }
      .outlook div { flex-basis: 100%; }
      h1 { font-size: 1.8rem; }
      h1 .mark { font-size: 1.3rem; }
      dl { grid-template-columns: 1fr; gap: 0; }
      dd { margin-bottom: .5rem; }
      table, tbody, tr, th, td { display: block; }
      tr { padding: .6rem 0; border-top: 1px solid var(--line); }
      tr:first-child { display: none; }
      tr:nth-child(2) { border-top: 0; padding-top: 0; }
      tr:last-child { padding-bottom: 0; }
      th, td { padding: .1rem 0; border: 0; }
      td[data-is]::before { content: attr(data-is); display: inline-block; width: 6.5rem; color: var(--soft); }
      footer { padding: 1rem .25rem; }
    }

    """
}
