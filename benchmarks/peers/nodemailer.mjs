// Nodemailer with a pool of as many connections, and mails from templates, as its guide has it.
import { createRequire } from "node:module";
const [folder, port, mails, connections] = process.argv.slice(2);
const nodemailer = createRequire(`${folder}/node_modules/`)("nodemailer");
const paragraph =
  "You opened another shop this spring. How do the two share their stock? I ask because the " +
  "three ways that we see people go about it cost rather different amounts of work, {name}.";
const transport = nodemailer.createTransport({
  host: "127.0.0.1",
  port: Number(port),
  secure: false,
  ignoreTLS: true,
  pool: true,
  maxConnections: Number(connections),
  maxMessages: Infinity,
});
const before = process.cpuUsage();
const began = process.hrtime.bigint();
const sent = [];
for (let number = 0; number < Number(mails); number++) {
  const text = Array(8).fill(paragraph.replace("{name}", `Ana${number}`));
  sent.push(
    transport.sendMail({
      from: "Ana Ruiz <box0@seller.example>",
      to: `Ana${number} Ruiz <lead${number}@firm.example>`,
      subject: `The stock of Firm ${number}`,
      text: text.join("\n\n"),
      html: text.map((each) => `<p>${each}</p>`).join("\n"),
      list: { unsubscribe: `https://go.seller.example/u/${number}` },
    }),
  );
}
await Promise.all(sent);
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const used = process.cpuUsage(before);
transport.close();
console.log(JSON.stringify({ seconds, cpu_s: (used.user + used.system) / 1e6 }));
