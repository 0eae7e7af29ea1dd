import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("gotrace.annotateClipboard", annotateClipboard),
    vscode.commands.registerCommand("gotrace.openBinary", openBinary),
    vscode.commands.registerCommand("gotrace.restart", restart),
    // The server asks for these two by their names (clientCommands below).
    vscode.commands.registerCommand("gotrace.copy", copy),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("gotrace.command")) {
        void restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function start(): Promise<void> {
  const [command, ...args] = vscode.workspace
    .getConfiguration("gotrace")
    .get<string[]>("command", ["gotrace", "lsp"]);
  const server: ServerOptions = { command, args };
  const options: LanguageClientOptions = {
    // Any text may hold a trace that somebody pasted.
    documentSelector: [
      { language: "gotrace" },
      { language: "go" },
      { language: "log" },
      { language: "plaintext" },
      { language: "markdown" },
      { language: "json" },
      { language: "jsonl" },
      { pattern: "**/*.{log,out,err,txt,gotrace,gopanic,goroutines}" },
    ],
    initializationOptions: { clientCommands: ["gotrace.copy", "gotrace.openBinary"] },
  };
  client = new LanguageClient("gotrace", "gotrace", server, options);
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const install = "How to install it";
    const answer = await vscode.window.showErrorMessage(
      `gotrace: \`${command}\` does not start: ${String(error)}`,
      install,
    );
    if (answer === install) {
      await vscode.commands.executeCommand(
        "workbench.action.openWalkthrough",
        "gotrace.gotrace#start",
        false,
      );
    }
  }
}

async function restart(): Promise<void> {
  await client?.stop();
  await start();
}

async function annotateClipboard(): Promise<void> {
  const content = await vscode.env.clipboard.readText();
  if (!content.trim()) {
    void vscode.window.showInformationMessage("gotrace: the clipboard is empty");
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: "gotrace", content });
  await vscode.window.showTextDocument(document);
}

async function copy(text: unknown): Promise<void> {
  if (typeof text === "string") {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage("gotrace: copied", 2000);
  }
}

async function openBinary(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: "The program that crashed",
    openLabel: "Decode with it",
    canSelectMany: true,
  });
  if (!chosen) {
    return;
  }
  const settings = vscode.workspace.getConfiguration("gotrace");
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  const known = settings.get<string[]>("binaries", []);
  const all = new Set([...known, ...chosen.map((uri) => uri.fsPath)]);
  await settings.update("binaries", [...all], target);
}
