package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// files keeps parsed files, and what their bodies said, from port to port.
type files struct {
	fset   *token.FileSet
	parsed map[string]*file
}

// file is a source file. Its bodies are checked once; then they are taken out, and found stays.
type file struct {
	syntax *ast.File
	name   string
	links  map[string]string // linkname: local name to symbol
	rank   map[ast.Spec]int  // order of initialisation of package-level variables
	found  map[ast.Node]*function
	done   bool
}

func newFiles(fset *token.FileSet) *files {
	return &files{fset, map[string]*file{}}
}

func (f *files) parse(path string) (*file, error) {
	if known := f.parsed[path]; known != nil {
		return known, nil
	}
	syntax, err := parser.ParseFile(f.fset, path, nil, parser.ParseComments)
	if syntax == nil {
		return nil, err
	}
	made := &file{syntax: syntax, name: filepath.Base(path), links: map[string]string{},
		found: map[ast.Node]*function{}, rank: map[ast.Spec]int{}}
	for _, group := range syntax.Comments {
		for _, c := range group.List {
			words := strings.Fields(c.Text)
			if len(words) == 3 && words[0] == "//go:linkname" {
				made.links[words[1]] = words[2]
			}
		}
	}
	f.parsed[path] = made
	return made, nil
}

// pkg is a package as one port sees it.
type pkg struct {
	path  string
	types *types.Package
	info  *types.Info
	files []*file
}

// loader type-checks the packages of one port.
type loader struct {
	root    string
	context build.Context
	files   *files
	loaded  map[string]*pkg
	pushed  map[string]bool // symbols that a linkname defines from another package
	errors  int
	first   error
}

func newLoader(root, port string, f *files) *loader {
	context := build.Default
	parts := strings.Split(port, "+")
	system := strings.Split(parts[0], "/")
	context.GOROOT, context.GOOS, context.GOARCH = root, system[0], system[1]
	context.CgoEnabled = false
	for _, variant := range parts[1:] {
		if variant == "cgo" {
			context.CgoEnabled = true
		} else {
			context.BuildTags = append(context.BuildTags, variant)
		}
	}
	setTags(&context)
	l := &loader{root: root, context: context, files: f, loaded: map[string]*pkg{}}
	l.pushed = map[string]bool{}
	return l
}

// paths lists the standard library's import paths, commands left out.
func (l *loader) paths() []string {
	var found []string
	src := filepath.Join(l.root, "src") + string(filepath.Separator)
	filepath.Walk(src, func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.IsDir() || path == src {
			return nil
		}
		name := info.Name()
		rel := filepath.ToSlash(strings.TrimPrefix(path, src))
		if rel == "cmd" || name == "testdata" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			return filepath.SkipDir
		}
		found = append(found, rel)
		return nil
	})
	sort.Strings(found)
	return found
}

// Import is for go/types; std's own imports of golang.org/x are vendored.
func (l *loader) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if strings.HasPrefix(path, "golang.org/x/") {
		path = "vendor/" + path
	}
	if p := l.load(path); p != nil {
		return p.types, nil
	}
	return nil, os.ErrNotExist
}

func (l *loader) load(path string) *pkg {
	if p, ok := l.loaded[path]; ok {
		return p
	}
	l.loaded[path] = nil
	dir := filepath.Join(l.root, "src", filepath.FromSlash(path))
	listed, err := l.context.ImportDir(dir, 0)
	if path == "builtin" || listed == nil || err != nil && len(listed.GoFiles) == 0 || listed.Name == "main" {
		return nil
	}
	p := &pkg{path: path}
	names := append(append([]string{}, listed.GoFiles...), listed.CgoFiles...)
	sort.Strings(names)
	fresh := false
	var syntax []*ast.File
	for _, name := range names {
		f, err := l.files.parse(filepath.Join(dir, name))
		if err != nil {
			l.fail(err)
		}
		if f != nil {
			p.files = append(p.files, f)
			syntax = append(syntax, f.syntax)
			fresh = fresh || !f.done
		}
	}
	config := types.Config{Importer: l, Error: l.fail, FakeImportC: true, IgnoreFuncBodies: !fresh,
		Sizes: types.SizesFor("gc", l.context.GOARCH)}
	p.info = &types.Info{Defs: map[*ast.Ident]types.Object{}}
	if fresh {
		p.info.Uses = map[*ast.Ident]types.Object{}
		p.info.Types = map[ast.Expr]types.TypeAndValue{}
		p.info.Selections = map[*ast.SelectorExpr]*types.Selection{}
	}
	p.types, _ = config.Check(path, l.files.fset, syntax, p.info)
	order := initOrder(p.info)
	for _, f := range p.files {
		if !f.done {
			l.read(p, f, order)
		}
		l.push(p, f)
	}
	l.loaded[path] = p
	return p
}

// harmless are complaints about bodies that were taken out once read, and what only they used.
var harmless = []string{"body", "imported", "declared and not used", "declared but not used", "unused"}

func (l *loader) fail(err error) {
	for _, part := range harmless {
		if strings.Contains(err.Error(), part) {
			return
		}
	}
	l.errors++
	if l.first == nil {
		l.first = err
	}
}

// registerABI is the first release that passes arguments in registers on an architecture
// (internal/buildcfg/exp.go); those of the toolchain's own architecture are among its tags.
var registerABI = map[string]int{"amd64": 17, "arm64": 18, "ppc64": 18, "ppc64le": 18, "riscv64": 19,
	"loong64": 22, "s390x": 26}

// tags are the build tags of the toolchain's experiments as they are on this architecture.
func tags(arch string, given []string) []string {
	since, ever := registerABI[arch]
	var kept []string
	for _, tag := range given {
		if !strings.Contains(tag, "regabi") || ever && release >= since {
			kept = append(kept, tag)
		}
	}
	return kept
}

// push notes the symbols that this file's bodies define in the name of other packages.
func (l *loader) push(p *pkg, f *file) {
	for _, d := range f.syntax.Decls {
		if decl, ok := d.(*ast.FuncDecl); ok && decl.Recv == nil && f.found[decl].body {
			if symbol := f.links[decl.Name.Name]; symbol != "" && symbol != p.path+"."+decl.Name.Name {
				l.pushed[symbol] = true
			}
		}
	}
}
