-- What a user's set-up does (docs/editors.md), and what must come of it.
local failed = false
local function check(what, holds, seen)
  print((holds and "ok    " or "WRONG ") .. what .. "  " .. vim.inspect(seen))
  failed = failed or not holds
end

local attached = false
local client = vim.lsp.start_client({
  name = "gotrace",
  cmd = { vim.env.GOTRACE_TEST_SERVER, "lsp" },
  root_dir = vim.fn.getcwd(),
  on_attach = function() attached = true end,
})
vim.lsp.buf_attach_client(0, client)
check("attached", vim.wait(20000, function() return attached end), client)
local server = vim.lsp.get_client_by_id(client)
check("encoding", server.offset_encoding ~= nil, server.offset_encoding)

check("diagnostics", vim.wait(20000, function() return #vim.diagnostic.get(0) >= 2 end), #vim.diagnostic.get(0))
local words = {}
for _, d in ipairs(vim.diagnostic.get(0)) do
  local line = vim.api.nvim_buf_get_lines(0, d.lnum, d.lnum + 1, false)[1]
  words[d.code or d.user_data.lsp.code] = line:sub(d.col + 1, d.end_col)
end
check("word behind an emoji", words["low-pointer"] == "0x8", words)
check("culprit's frame", (words["culprit/nil-dereference"] or ""):match("Connect$") ~= nil, words)

local line = vim.api.nvim_buf_get_lines(0, 1, 2, false)[1]
local function ask(method, needle)
  local col = line:find(needle, 1, true) - 1
  vim.api.nvim_win_set_cursor(0, { 2, col })
  local params = vim.lsp.util.make_position_params(0, server.offset_encoding)
  local answers = vim.lsp.buf_request_sync(0, method, params, 10000)
  return answers and answers[client] and answers[client].result
end
local hover = ask("textDocument/hover", "0x37e11d600")
check("hover", hover and hover.contents.value:find("`15s`", 1, true) ~= nil, hover and hover.contents.kind)
local place = ask("textDocument/definition", "(*Client).Connect")
place = place and (place[1] or place)
check("definition", place and place.uri:match("gocmpp/client.go$") and place.range.start.line == 78, place)
local document = { textDocument = vim.lsp.util.make_text_document_params() }
local lenses = vim.lsp.buf_request_sync(0, "textDocument/codeLens", document, 10000)
check("lenses", lenses and #lenses[client].result == 1, lenses and lenses[client].result[1].command.title)
local symbols = vim.lsp.buf_request_sync(0, "textDocument/documentSymbol", document, 10000)
check("symbols", symbols and #symbols[client].result == 1, symbols and symbols[client].result[1].name)

if vim.lsp.inlay_hint then
  local wanted = vim.tbl_extend("error", document, {
    range = { start = { line = 0, character = 0 }, ["end"] = { line = 9, character = 0 } },
  })
  local hints = vim.lsp.buf_request_sync(0, "textDocument/inlayHint", wanted, 10000)
  check("hints", hints and #hints[client].result > 5, hints and #hints[client].result)
end

vim.api.nvim_buf_set_lines(0, 1, 2, false, { "🚀 nothing" })
check("an edit", vim.wait(20000, function() return #vim.diagnostic.get(0) == 0 end), #vim.diagnostic.get(0))
vim.cmd("edit " .. vim.fn.fnameescape(place and vim.uri_to_fname(place.uri) or "none"))
vim.cmd("undo")
print(failed and "FAILED" or "OK")
vim.lsp.stop_client(client)
vim.wait(2000, function() return vim.lsp.get_client_by_id(client) == nil end)
vim.cmd("qa!")
