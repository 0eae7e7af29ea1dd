"""What the help of several commands says."""

EPILOG = """\
exit codes: 0 ok · 1 a finding at the --fail-on level · 2 usage, or an input that could not be
read (the others are still done) · 3 no traceback found · 70 a defect of gotrace · 130 ^C · 141 the
reader of the output went away

  gotrace annotate panic.log
  gotrace annotate --signatures prototypes.go panic.log
  kubectl logs -p mypod | gotrace annotate --signature 'func main.serve(name string, n int)'
"""
