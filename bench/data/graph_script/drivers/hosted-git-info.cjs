const GitHost = require(process.cwd());
const urls = [
  "npm/hosted-git-info", "npm/hosted-git-info#v1.2.0", "github:foo/bar#branch", "github:foo:pw@bar/baz", "git@github.com:npm/x.git",
  "git+ssh://git@github.com/npm/x.git#semver:^1", "https://github.com/npm/x/tree/main", "git://github.com/a/b", "http://github.com/a/b.git",
  "https://user:secret@github.com/a/b", "gitlab:a/b", "https://gitlab.com/a/b/c/d.git", "git@gitlab.com:a/b.git", "gitlab:group/sub/b",
  "https://gitlab.com/a/b/-/x", "https://gitlab.com/a/b/archive.tar.gz", "bitbucket:a/b", "https://bitbucket.org/a/b.git", "git@bitbucket.org:a/b",
  "https://bitbucket.org/a/b/get/x.tar.gz", "gist:123abc", "gist:me/123abc", "https://gist.github.com/me/123abc.git", "git@gist.github.com:123abc.git",
  "https://gist.github.com/me/123abc/raw/x", "sourcehut:~me/b", "https://git.sr.ht/~me/b", "git@git.sr.ht:~me/b#x", "https://git.sr.ht/~me/b/archive/x.tar.gz",
  "https://example.com/a/b.git", "git+https://github.com/a/b%23c", "github.com/a/b", "./local", "a b/c", "", "ssh://git@github.com:foo/bar", "https://github.com/a",
  "git+ssh://github.com:foo/bar#x", "//nope", "foo@bar:baz/x", "https://%x", "user:password@github.com:a/b",
];
const opts = [undefined, { noCommittish: true }, { noGitPlus: true }, { committish: "dev" }, { path: "x", fragment: "y" }];
for (const url of urls) {
  for (const option of opts) {
    const info = GitHost.fromUrl(url, option);
    if (!info) continue;
    for (const method of ["hash", "ssh", "sshurl", "https", "git", "shortcut", "path", "tarball", "docs", "bugs", "toString", "getDefaultRepresentation", "browse", "file", "edit"]) {
      try { info[method]("pkg.json", option); info[method](option); info[method]("lib", "L1", option); info[method](); } catch (error) { void error; }
    }
    try { info.browseFile("lib/x.js", "Read Me", option); info.browseFile("lib/x.js"); info.edit("x", { committish: "q" }); } catch (error) { void error; }
  }
}
for (const manifest of [
  { repository: "npm/x" }, { repository: { type: "git", url: "https://github.com/a/b.git" } }, { repository: { url: "https://example.com/a.git" } },
  { repository: { url: "git@example.com:a/b.git", directory: "x" } }, {}, { repository: "x" }, { repository: { url: "" } },
]) {
  try { GitHost.fromManifest(manifest); GitHost.fromManifest(manifest, { noCommittish: true }); } catch (error) { void error; }
}
try { GitHost.fromManifest(null); } catch (error) { void error; }
for (const url of ["https://github.com/a/b", "git@x.y:z/w", "git+ssh://a@b:c/d", "x", "foo:bar@baz"]) { try { GitHost.parseUrl(url); } catch (error) { void error; } }
try { GitHost.addHost("ours", { protocols: ["https:"], domain: "git.example.org", extract: (u) => ({ user: "u", project: u.pathname.slice(1), committish: "" }) }); GitHost.fromUrl("https://git.example.org/p/q").browse(); } catch (error) { void error; }
