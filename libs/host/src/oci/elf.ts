/** Assembled x86-64 code of the pause program; its listing stands beside the bytes so that a reader can check it. */
const code = Buffer.from(
  [
    'b80d000000', //            mov  eax, 13           rt_sigaction(
    'bf11000000', //            mov  edi, 17             SIGCHLD,
    '488d3547000000', //        lea  rsi, [act]          SIG_IGN: the kernel reaps orphans of a shared PID namespace
    '31d2', //                  xor  edx, edx            NULL,
    '41ba08000000', //          mov  r10d, 8             8)
    '0f05', //                  syscall
    'b80e000000', //            mov  eax, 14           rt_sigprocmask(
    '31ff', //                  xor  edi, edi            SIG_BLOCK,
    '488d354f000000', //        lea  rsi, [set]          { SIGINT, SIGTERM },
    '31d2', //                  xor  edx, edx            NULL,
    '41ba08000000', //          mov  r10d, 8             8)
    '0f05', //                  syscall
    'b880000000', //      wait: mov  eax, 128          rt_sigtimedwait(
    '488d3d39000000', //        lea  rdi, [set]          set,
    '31f6', //                  xor  esi, esi            NULL,
    '31d2', //                  xor  edx, edx            NULL: no time-out,
    '41ba08000000', //          mov  r10d, 8             8)
    '0f05', //                  syscall
    '85c0', //                  test eax, eax
    '78e4', //                  js   wait              interrupted: again
    'b83c000000', //            mov  eax, 60           exit(
    '31ff', //                  xor  edi, edi            0)
    '0f05', //                  syscall
    `01${'00'.repeat(31)}`, //  act: { sa_handler = SIG_IGN, flags 0, restorer 0, mask 0 }
    `0240${'00'.repeat(6)}`, // set: bits SIGINT-1 and SIGTERM-1
  ].join(''),
  'hex',
);

const BASE = 0x400000n;
const HEADERS = 64 + 56;

/** A static ELF64 executable (elf(5)) for x86-64 that sleeps until SIGTERM or SIGINT: the process of a pod sandbox. */
export function pauseExecutable(): Buffer {
  const header = Buffer.alloc(HEADERS);
  header.write('\x7fELF', 0, 'latin1');
  header.set([2, 1, 1], 4); // 64-bit, little endian, version 1
  header.writeUInt16LE(2, 16); // ET_EXEC
  header.writeUInt16LE(62, 18); // EM_X86_64
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BASE + BigInt(HEADERS), 24); // entry
  header.writeBigUInt64LE(64n, 32); // program headers
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, 64); // PT_LOAD
  header.writeUInt32LE(5, 68); // R+X
  header.writeBigUInt64LE(BASE, 80);
  header.writeBigUInt64LE(BASE, 88);
  const size = BigInt(HEADERS + code.length);
  header.writeBigUInt64LE(size, 96);
  header.writeBigUInt64LE(size, 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([header, code]);
}
