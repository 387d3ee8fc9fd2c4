# client.py SERVER FOLDER: write, read and delete a file over NFS 4 as a program does, without mounting anything.
import ctypes
import glob
import os
import sys

server, folder = (word.encode() for word in sys.argv[1:])
# The two say the same; from 16 on, functions take other arguments.
nfs = ctypes.CDLL(glob.glob("/usr/lib/*/libnfs.so.1[34]")[0])
nfs.nfs_init_context.restype = ctypes.c_void_p
nfs.nfs_get_error.restype = ctypes.c_char_p
context = ctypes.c_void_p(nfs.nfs_init_context())


def done(code, what):
    if code < 0:
        sys.exit(f"{what}: {nfs.nfs_get_error(context).decode()}")
    return code


nfs.nfs_set_version(context, 4)
done(nfs.nfs_mount(context, server, folder), "mount")
name, text, handle = b"/written-by-a-client", os.urandom(5_000), ctypes.c_void_p()
done(nfs.nfs_open(context, name, os.O_CREAT | os.O_WRONLY, ctypes.byref(handle)), "create")
# libnfs 4.0 cannot write much at once over version 4.
for at in range(0, len(text), 1_000):
    part = text[at : at + 1_000]
    done(nfs.nfs_write(context, handle, ctypes.c_uint64(len(part)), part), "write")
done(nfs.nfs_close(context, handle), "close")
done(nfs.nfs_open(context, name, os.O_RDONLY, ctypes.byref(handle)), "open")
read, buffer = b"", ctypes.create_string_buffer(1_000)
while got := done(nfs.nfs_read(context, handle, ctypes.c_uint64(len(buffer)), buffer), "read"):
    read += buffer.raw[:got]
done(nfs.nfs_close(context, handle), "close")
done(nfs.nfs_unlink(context, name), "delete")
print("same" if read == text else "different")
